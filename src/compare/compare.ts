/**
 * Runs side by side. The last run given is compared with all before it: an objective got worse when its status did, or
 * when its measured interval lies wholly beyond what the earlier runs measured, widened by the noise of its kind. A
 * difference within noise is "same": failovers are timed by polling loops and differ from run to run.
 */
import type { Measured, ObjectiveVerdict } from "../objective.ts";
import type { Bound, Range } from "../range.ts";
import type { Status } from "../status.ts";
import type { Verdict } from "../verdict.ts";

export type Change = "worse" | "better" | "same" | "unknown";

export interface ComparedObjective {
  readonly id: string;
  readonly says: string;
  readonly unit: string;
  /** One a run; null: that run has no such objective. */
  readonly cells: readonly (Pick<ObjectiveVerdict, "status" | "measured"> | null)[];
  readonly change: Change;
  readonly because: string;
}

export interface Comparison {
  readonly runs: readonly { readonly runId: string; readonly plan: string; readonly verdict: Status }[];
  readonly objectives: readonly ComparedObjective[];
  readonly change: Change;
}

/** Share by which two runs of an equal platform may differ, by the start of the measure's name; else 0. */
const NOISE: readonly (readonly [start: string, share: number])[] = [
  ["recovery-seconds", 0.5],
  ["outage-seconds", 0.5],
  ["replicas-", 0.25],
  ["http_req_duration-", 0.15],
  ["requests", 0.1],
];

/** Expects two runs or more. O(runs x objectives). */
export function compareRuns(verdicts: readonly Verdict[]): Comparison {
  const ids = [...new Set(verdicts.flatMap((verdict) => verdict.objectives.map(({ id }) => id)))];
  const objectives = ids.map((id) => compareObjective(verdicts.map((verdict) => find(verdict, id))));
  return {
    runs: verdicts.map(({ runId, plan, verdict }) => ({ runId, plan, verdict })),
    objectives,
    change: overall([...objectives.map(({ change }) => change), ...verdictChange(verdicts)]),
  };
}

/** What no objective measures (a lost write, redundancy that did not come back, residue) is in the verdict alone. */
function verdictChange(verdicts: readonly Verdict[]): Change[] {
  const last = verdicts.at(-1)?.verdict;
  const before = verdicts.slice(0, -1).map(({ verdict }) => verdict);
  if (last === "fail" && !before.includes("fail")) return ["worse"];
  return last === "unknown" && before.every((verdict) => verdict === "pass") ? ["unknown"] : [];
}

function find(verdict: Verdict, id: string): ObjectiveVerdict | null {
  return verdict.objectives.find((one) => one.id === id) ?? null;
}

function overall(changes: readonly Change[]): Change {
  const order: readonly Change[] = ["worse", "unknown", "better", "same"];
  return order.find((change) => changes.includes(change)) ?? "unknown";
}

function compareObjective(cells: readonly (ObjectiveVerdict | null)[]): ComparedObjective {
  const known = cells.filter((cell) => cell !== null);
  const [sample] = known as [ObjectiveVerdict];
  const { id, says, unit } = sample;
  const shown = cells.map((cell) => (cell === null ? null : { status: cell.status, measured: cell.measured }));
  return { id, says, unit, cells: shown, ...changeOf(cells.slice(0, -1), cells.at(-1) ?? null) };
}

function changeOf(
  earlier: readonly (ObjectiveVerdict | null)[],
  last: ObjectiveVerdict | null,
): Pick<ComparedObjective, "change" | "because"> {
  const before = earlier.filter((cell) => cell !== null);
  if (last === null || before.length === 0) return { change: "unknown", because: "only some of the runs have it" };
  if (last.status === "fail" && before.every(({ status }) => status !== "fail"))
    return { change: "worse", because: "it fails now" };
  if (last.status === "unknown") return { change: "unknown", because: last.because };
  const ranges = before.flatMap(({ measured }) => rangeOf(measured) ?? []);
  const range = rangeOf(last.measured);
  if (range === null || ranges.length === 0) return { change: "unknown", because: "nothing was measured before" };
  return beyondNoise(hull(ranges), range, last);
}

function beyondNoise(
  before: Range,
  now: Range,
  { measure, bound, unit }: ObjectiveVerdict,
): Pick<ComparedObjective, "change" | "because"> {
  const share = NOISE.find(([start]) => measure.startsWith(start))?.[1] ?? 0;
  const low = before.lower - Math.abs(before.lower) * share;
  const high = before.upper + Math.abs(before.upper) * share;
  const isBetterHigh = higherIsBetter(bound);
  const noise = `beyond ${percent(share)} of noise`;
  if (now.lower > high)
    return { change: isBetterHigh ? "better" : "worse", because: `above ${trim(high)} ${unit}, ${noise}` };
  if (now.upper < low)
    return { change: isBetterHigh ? "worse" : "better", because: `below ${trim(low)} ${unit}, ${noise}` };
  return { change: "same", because: `within what earlier runs measured and ${percent(share)} of noise` };
}

function higherIsBetter(bound: Bound): boolean {
  return bound.atLeast !== undefined || bound.over !== undefined;
}

function hull(ranges: readonly Range[]): Range {
  return {
    lower: Math.min(...ranges.map(({ lower }) => lower)),
    upper: Math.max(...ranges.map(({ upper }) => upper)),
  };
}

function rangeOf(measured: Measured): Range | null {
  if (measured === null) return null;
  if ("lower" in measured) return { lower: measured.lower, upper: measured.upper ?? Number.POSITIVE_INFINITY };
  return { lower: measured.value, upper: measured.value };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function trim(value: number): string {
  return String(Number(value.toFixed(3)));
}
