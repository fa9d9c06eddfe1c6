/**
 * Measures success and availability as shares of requests. The value shown is the observed share. The interval is what that
 * share proves about the true rate (confidence.ts), and the interval decides: 0 failures in 100 requests do not prove 99.9 %.
 * The outages that the plan's faults cause are expressed as a budget of such failures per month.
 */
import type { ExperimentVerdict } from "../experiment.ts";
import { successRange } from "./confidence.ts";
import type { Facts } from "./facts.ts";
import { LOAD_OVER, requestsOf, stallOf, unreportedOf, type WindowRequests, wantsOf, whenOf } from "./load-window.ts";
import { type Measure, nothing, type Over, type Reading } from "./measure.ts";

const SECONDS_A_MONTH = 30 * 24 * 3600;
/** The share of time for which a service with "three nines" may be down. */
const BUDGET_SHARE = 0.001;

function readShare(over: Over, fallback: string, facts: Facts): Reading {
  const requests = requestsOf(over, fallback, facts);
  return typeof requests === "string" ? nothing(requests) : shareOf(requests, facts);
}

/**
 * Returns the share of successful requests. If the generator was stalled, the requests of the stalled seconds may have succeeded
 * or failed. The interval then ranges from all of them failed to all of them served; if both ends are on the same side of the
 * bound, their outcomes do not matter.
 */
function shareOf({ total, window }: WindowRequests, facts: Facts): Reading {
  const succeeded = total.count - total.failed;
  const stall = stallOf(window, total);
  const doubtful = stall === undefined ? { count: 0, failed: 0 } : total.stalled;
  const certain = succeeded - (doubtful.count - doubtful.failed);
  const { lower } = successRange(certain, total.count);
  const { upper } = successRange(certain + doubtful.count, total.count);
  const either = stall === undefined ? "" : `; ${stall}, so that ${doubtful.count} of them may have gone either way`;
  const says = `${succeeded} of ${total.count} requests succeeded ${window.says}, which proves ${proven(lower, upper)} % at 95 % confidence${either}`;
  const doubt = unreportedOf(window, facts);
  return {
    range: { lower: lower * 100, upper: upper * 100 },
    point: (succeeded / total.count) * 100,
    says,
    when: whenOf(window),
    ...(doubt === undefined ? {} : { doubt }),
  };
}

/** Formats an interval, rounded outwards, because rounding inwards would claim more than was proven. */
function proven(lower: number, upper: number): string {
  return `${(Math.floor(lower * 100_000) / 1_000).toFixed(3)} to ${(Math.ceil(upper * 100_000) / 1_000).toFixed(3)}`;
}

export const successPercent: Measure = {
  name: "success-percent",
  unit: "%",
  says: "Share of requests that succeeded, with a 95 % confidence interval (Clopper-Pearson). Default window: whole.",
  over: LOAD_OVER,
  wants: (over) => wantsOf(over, "whole"),
  read: (over, facts) => readShare(over, "whole", facts),
};

export const availabilityPercent: Measure = {
  name: "availability-percent",
  unit: "%",
  says: "The same as success-percent, but outside all fault windows by default; also how many such failures a month 99.9 % allows.",
  over: LOAD_OVER,
  wants: (over) => wantsOf(over, "outside"),
  read(over, facts) {
    const reading = readShare(over, "outside", facts);
    const budget = budgetOf(facts.experiments);
    return budget === null ? reading : { ...reading, says: `${reading.says}; ${budget}` };
  },
};

/** Returns a budget from the upper end of the worst class's recovery: '99.9 % a month survives 432 such as "kill-postgres"'. */
export function budgetOf(experiments: readonly ExperimentVerdict[]): string | null {
  const parts = experiments.flatMap((experiment) => {
    const seconds = worstSeconds(experiment);
    if (seconds === null || seconds <= 0) return [];
    return [`${Math.floor((SECONDS_A_MONTH * BUDGET_SHARE) / seconds)} such as "${experiment.name}"`];
  });
  return parts.length === 0 ? null : `99.9 % a month allows ${parts.join(" or ")}`;
}

function worstSeconds({ recovery }: ExperimentVerdict): number | null {
  const uppers = Object.values(recovery).map(({ upperMs }) => upperMs);
  if (uppers.length === 0 || uppers.includes(null)) return null;
  return Math.max(...uppers.map((upper) => upper ?? 0)) / 1000;
}
