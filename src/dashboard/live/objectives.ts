/** The objectives of a run: what was asked, what was measured so far, and how much of the bound is left. Pure. */
import type { LiveObjective } from "../../api/live.ts";
import type { Measured, ObjectiveVerdict } from "../../objective.ts";
import type { Objective } from "../../plan.ts";
import { type Bound, describeBound } from "../../range.ts";

/** The objectives as they were last computed; `isJudged` says that they are those of the verdict. */
export interface Assessed {
  readonly objectives: readonly ObjectiveVerdict[];
  readonly asOfMs: number;
  readonly isJudged: boolean;
}

const ORDER: readonly LiveObjective["state"][] = ["fail", "missed-so-far", "unknown", "open", "met-so-far", "pass"];

/** The most points of a trend; of a longer one, each second point is left out. */
const TREND_POINTS_MAX = 60;

/** What each objective measured at earlier moments of the run, oldest first. */
export class Trends {
  readonly #points = new Map<string, LiveObjective["trend"]>();

  add(objectives: readonly ObjectiveVerdict[], atMs: number): void {
    for (const { id, measured } of objectives) {
      const range = measuredOf(measured);
      if (range === null) continue;
      const before = this.#points.get(id) ?? [];
      const kept = before.length < TREND_POINTS_MAX ? before : before.filter((_, at) => at % 2 === 0);
      this.#points.set(id, [...kept, { atMs, lower: range.lower, upper: range.upper }]);
    }
  }

  of(id: string): LiveObjective["trend"] {
    return this.#points.get(id) ?? [];
  }
}

/** Returns the objectives in the order to show: missed first, then open, then met. */
export function objectivesNow(
  plan: readonly Objective[],
  assessed: Assessed | null,
  trends = new Trends(),
): LiveObjective[] {
  const known = assessed?.objectives ?? [];
  const planned = plan.filter(({ id }) => !known.some((one) => one.id === id)).map(notYet);
  const over = (id: string) => plan.find((one) => one.id === id)?.over ?? {};
  const computed = known.map((one) => ({ ...live(one, over(one.id), assessed), trend: trends.of(one.id) }));
  return [...computed, ...planned].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
}

function notYet({ id, says, measure, bound, over }: Objective): LiveObjective {
  const asked = describeBound(bound, "");
  const because = "Nothing has been measured yet.";
  return {
    id,
    says,
    measure,
    unit: "",
    over,
    bound: numbers(bound),
    asked,
    soFar: null,
    margin: null,
    state: "open",
    because,
    asOfMs: null,
    trend: [],
  };
}

function live(one: ObjectiveVerdict, over: Objective["over"], assessed: Assessed | null): Omit<LiveObjective, "trend"> {
  const { id, says, measure, unit, bound, because, measured, status } = one;
  const isJudged = assessed?.isJudged === true;
  const margin = marginOf(measured, bound);
  const soFar =
    measured === null
      ? "open"
      : margin !== null && margin < 0
        ? "missed-so-far"
        : margin === null
          ? "open"
          : "met-so-far";
  return {
    id,
    says,
    measure,
    unit,
    over,
    bound: numbers(bound),
    asked: describeBound(bound, unit),
    soFar: measuredOf(measured),
    margin,
    state: isJudged ? status : status === "fail" ? "missed-so-far" : soFar,
    because,
    asOfMs: assessed?.asOfMs ?? null,
  };
}

function measuredOf(measured: Measured): LiveObjective["soFar"] {
  if (measured === null) return null;
  if ("lower" in measured) return { lower: measured.lower, upper: measured.upper, value: measured.value ?? null };
  return { lower: measured.value, upper: measured.value, value: measured.value };
}

/** Returns the share of the bound that is left, for the end of the range that is worse for it; null if it has no such limit. */
function marginOf(measured: Measured, bound: Bound): number | null {
  const range = measuredOf(measured);
  if (range === null) return null;
  const most = bound.under ?? bound.atMost;
  if (most !== undefined) return range.upper === null ? null : share(most - range.upper, most);
  const least = bound.atLeast ?? bound.over;
  if (least !== undefined) return range.lower === null ? null : share(range.lower - least, least);
  return null;
}

function share(left: number, bound: number): number {
  if (bound === 0) return left === 0 ? 0 : Math.sign(left);
  return Math.round((left / Math.abs(bound)) * 1000) / 1000;
}

function numbers(bound: Bound): Record<string, number> {
  return Object.fromEntries(Object.entries(bound).filter(([, value]) => typeof value === "number")) as Record<
    string,
    number
  >;
}
