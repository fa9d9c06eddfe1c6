/**
 * Compares runs. The last run given is compared with all runs before it. An objective got worse if its status did, or if its
 * measured interval lies entirely beyond what the earlier runs measured plus the noise of its kind. A single earlier run does not
 * show the noise, so a difference then counts only by how far it moved towards the bound. If two runs are compared in both
 * orders, they are never both called worse.
 */
import type { ObjectiveVerdict } from "../objective.ts";
import { type Bound, compareToBound, describeBound } from "../range.ts";
import type { Status } from "../status.ts";
import { canonicalJson, type Json } from "../std/json.ts";
import type { Verdict } from "../verdict.ts";
import { type ComparedRun, differences } from "./differences.ts";
import { beyondNoise, hull, movedBy, rangeOf } from "./noise.ts";

export type Tendency = "worse" | "better" | "same" | "unknown";

export interface ComparedObjective {
  readonly id: string;
  readonly says: string;
  readonly unit: string;
  /** One cell per run; null if that run has no such objective. */
  readonly cells: readonly (Pick<ObjectiveVerdict, "status" | "measured"> | null)[];
  readonly change: Tendency;
  readonly because: string;
}

export interface Comparison {
  readonly runs: readonly { readonly runId: string; readonly plan: string; readonly verdict: Status }[];
  readonly objectives: readonly ComparedObjective[];
  readonly change: Tendency;
  /** Other differences between the runs: their plans, and their order in time. */
  readonly notes: readonly string[];
}

type Said = Pick<ComparedObjective, "change" | "because">;

/** Shares of the distance to the bound, for two runs: a move below the first is no change; one of the second or more surely is. */
const MOVED_SHARE_MIN = 0.1;
const MOVED_SHARE_SURE = 0.5;

/** Compares two or more runs. `records` of the same runs are for the other differences. O(runs x objectives + plans). */
export function compareRuns(verdicts: readonly Verdict[], records: readonly ComparedRun[] = []): Comparison {
  const ids = [...new Set(verdicts.flatMap((verdict) => verdict.objectives.map(({ id }) => id)))];
  const objectives = ids.map((id) => compareObjective(verdicts.map((verdict) => find(verdict, id))));
  return {
    runs: verdicts.map(({ runId, plan, verdict }) => ({ runId, plan, verdict })),
    objectives,
    change: overall(verdicts, objectives),
    notes: differences(records),
  };
}

function find(verdict: Verdict, id: string): ObjectiveVerdict | null {
  return verdict.objectives.find((one) => one.id === id) ?? null;
}

/** Returns the overall change. What no objective measures (a lost write, lost redundancy, residue) shows only in the verdict. */
function overall(verdicts: readonly Verdict[], objectives: readonly ComparedObjective[]): Tendency {
  const last = verdicts.at(-1)?.verdict;
  const before = verdicts.slice(0, -1).map(({ verdict }) => verdict);
  if (last === "fail" && !before.includes("fail")) return "worse";
  const changes = objectives.map(({ change }) => change);
  if (last === "unknown" && before.every((verdict) => verdict === "pass")) changes.push("unknown");
  if (verdicts.length === 2 && changes.includes("worse") && somethingRose(verdicts, objectives)) return "unknown";
  const order: readonly Tendency[] = ["worse", "unknown", "better", "same"];
  return order.find((change) => changes.includes(change)) ?? "unknown";
}

/** Returns whether something got better. If something else got worse between two runs, that looks like chance. */
function somethingRose([before, now]: readonly Verdict[], objectives: readonly ComparedObjective[]): boolean {
  const isLifted = ({ cells: [old, fresh] }: ComparedObjective) => old?.status === "fail" && fresh?.status !== "fail";
  const isRisen = before?.verdict === "fail" && now?.verdict !== "fail";
  return isRisen || objectives.some((one) => one.change === "better" || isLifted(one));
}

function compareObjective(cells: readonly (ObjectiveVerdict | null)[]): ComparedObjective {
  const known = cells.filter((cell) => cell !== null);
  const [sample] = known as [ObjectiveVerdict];
  const { id, says, unit } = known.at(-1) ?? sample;
  const shown = cells.map((cell) => (cell === null ? null : { status: cell.status, measured: cell.measured }));
  return { id, says, unit, cells: shown, ...changeOf(cells.slice(0, -1), cells.at(-1) ?? null) };
}

function changeOf(earlier: readonly (ObjectiveVerdict | null)[], last: ObjectiveVerdict | null): Said {
  const before = earlier.filter((cell) => cell !== null);
  if (last === null || before.length === 0) return { change: "unknown", because: "only some of the runs have it" };
  const other = before.find(({ measure }) => measure !== last.measure);
  if (other !== undefined)
    return { change: "unknown", because: `it measured ${other.measure} before, and measures ${last.measure} now` };
  if (last.status === "unknown") return { change: "unknown", because: last.because };
  const moved = before.find(({ bound }) => !sameBound(bound, last.bound));
  return moved === undefined ? changeUnderOneBound(before, last) : changeUnderBounds(before, last, moved);
}

function changeUnderOneBound(before: readonly ObjectiveVerdict[], last: ObjectiveVerdict): Said {
  if (last.status === "fail" && before.every(({ status }) => status !== "fail"))
    return { change: "worse", because: "it fails now" };
  if (last.status === "pass" && before.every(({ status }) => status === "fail"))
    return { change: "better", because: "it holds now" };
  return changeOfMeasure(before, last);
}

/** Compares runs with different bounds; only a change that holds under every bound can be attributed to the platform. */
function changeUnderBounds(before: readonly ObjectiveVerdict[], last: ObjectiveVerdict, moved: ObjectiveVerdict): Said {
  const says = (bound: Bound) => describeBound(bound, last.unit);
  const because = `its bound was ${says(moved.bound)}, and is ${says(last.bound)} now`;
  const bounds = [...before, last].map(({ bound }) => bound);
  const isAlways = (status: Status, one: ObjectiveVerdict) => {
    const range = rangeOf(one.measured);
    return range !== null && bounds.every((bound) => compareToBound(range, bound) === status);
  };
  const [failed, passed] = [before.every((one) => isAlways("fail", one)), before.every((one) => isAlways("pass", one))];
  if (passed && isAlways("fail", last)) return { change: "worse", because: `it fails under either bound; ${because}` };
  if (failed && isAlways("pass", last)) return { change: "better", because: `it holds under either bound; ${because}` };
  const { change } = changeOfMeasure(before, last);
  return change === "same" ? { change, because } : { change: "unknown", because };
}

function changeOfMeasure(before: readonly ObjectiveVerdict[], last: ObjectiveVerdict): Said {
  const { measure, bound, unit } = last;
  const ranges = before.flatMap(({ measured }) => rangeOf(measured) ?? []);
  const now = rangeOf(last.measured);
  if (now === null || ranges.length === 0) return { change: "unknown", because: "nothing was measured in one of them" };
  const whole = hull(ranges);
  const noise = beyondNoise(whole, now, measure, unit);
  const { isWorse, share } = movedBy(whole, now, bound);
  if (noise.side === "within" || Number.isNaN(share))
    return { change: "same", because: `within the range of the earlier runs and noise (${noise.says})` };
  const end = noise.side === "high" ? `above ${trim(whole.upper)}` : `below ${trim(whole.lower)}`;
  const because = `${end}${unit === "" ? "" : ` ${unit}`}, beyond noise (${noise.says})`;
  if (ranges.length > 1) return { change: isWorse ? "worse" : "better", because };
  return changeOfTwo(isWorse, share, because);
}

function changeOfTwo(isWorse: boolean, share: number, because: string): Said {
  const way = `it moved by ${Math.round(share * 100)} % of the distance to its bound`;
  if (share >= MOVED_SHARE_SURE) return { change: isWorse ? "worse" : "better", because: `${because}; ${way}` };
  if (share < MOVED_SHARE_MIN || !isWorse) return { change: "same", because: way };
  return {
    change: "unknown",
    because: `${because}; ${way}, and one earlier run does not show how far runs differ: give more earlier runs`,
  };
}

function sameBound(one: Bound, other: Bound): boolean {
  return canonicalJson(one as unknown as Json) === canonicalJson(other as unknown as Json);
}

function trim(value: number): string {
  return String(Number(value.toFixed(3)));
}
