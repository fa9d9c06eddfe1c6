/**
 * Judges one objective. The measure returns a range, the bound decides by interval arithmetic, and doubts about the evidence make
 * the decision unknown. Missing evidence is unknown.
 */
import type { Assessment, Explanation, Measured, ObjectiveVerdict } from "../objective.ts";
import type { Objective } from "../plan.ts";
import { compareToBound, describeBound, type Range } from "../range.ts";
import type { Status } from "../status.ts";
import { measureNamed } from "./catalogue.ts";
import { likelyCauses } from "./causes.ts";
import type { Facts } from "./facts.ts";
import { nothing, type Reading } from "./measure.ts";

export function assess(objective: Objective, facts: Facts): ObjectiveVerdict {
  const measure = measureNamed(objective.measure);
  const reading = measure?.read(objective.over, facts) ?? nothing(`there is no measure named "${objective.measure}"`);
  return assessReading(objective, measure?.unit ?? "", reading, facts);
}

/** Judges a reading that does not come from a measure of the catalogue, such as that of a threshold. */
export function assessReading(objective: Objective, unit: string, reading: Reading, facts: Facts): ObjectiveVerdict {
  const { status, because } = decide(objective, reading, facts);
  return {
    id: objective.id,
    says: objective.says,
    status,
    measure: objective.measure,
    unit,
    measured: measuredOf(reading),
    bound: objective.bound,
    because,
    explanation: status === "pass" ? null : explain(objective, unit, { ...reading, because }, facts),
  };
}

type Decision = Pick<Assessment, "status" | "because">;

function decide(objective: Objective, reading: Reading, facts: Facts): Decision {
  if (reading.range === null) return { status: "unknown", because: `No evidence: ${reading.says}.` };
  const status = compareToBound(reading.range, objective.bound);
  const everything = facts.doubts.find((doubt) => doubt.kind === "all")?.because;
  if (reading.doubt !== undefined) return doubted(reading.doubt);
  if (status === "pass" && everything !== undefined) return doubted(everything);
  if (status === "pass" && reading.cannotPass !== undefined)
    return { status: "unknown", because: sentence(reading.cannotPass) };
  return { status, because: sentence(`${reading.says}${tail(status, reading.range)}`) };
}

function doubted(why: string): Decision {
  return { status: "unknown", because: `It is unknown, because ${why.replace(/\.$/, "")}.` };
}

function tail(status: Status, range: Range): string {
  if (status !== "unknown") return "";
  return range.upper === Number.POSITIVE_INFINITY
    ? "; no upper end is proven, so the bound is neither certainly met nor certainly missed"
    : "; the bound lies inside the interval";
}

function sentence(text: string): string {
  const trimmed = text.replace(/[.\s]+$/, "");
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}.`;
}

/** Converts a reading for JSON, which has no Infinity: the upper end is null if none is proven. */
function measuredOf({ range, point }: Reading): Measured {
  if (range === null) return null;
  if (range.lower === range.upper) return { value: round(range.lower) };
  const upper = Number.isFinite(range.upper) ? round(range.upper) : null;
  return { lower: round(range.lower), upper, ...(point !== undefined && { value: round(point) }) };
}

/** Rounds to six decimals, which is finer than any clock used here and gives the same bytes on every machine. */
function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function explain(
  objective: Objective,
  unit: string,
  { because, ...reading }: Reading & { readonly because: string },
  facts: Facts,
): Explanation {
  return {
    expected: describeBound(objective.bound, unit),
    seen: because,
    when: reading.when ?? "the whole run",
    witnesses: (reading.witnesses ?? []).slice(0, 10),
    likelyCauses: likelyCauses(objective, facts),
  };
}
