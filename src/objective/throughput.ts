/** Measures the number of requests: in total, per second on average, and in the busiest second. */
import type { Facts } from "./facts.ts";
import { coveredOf, LOAD_OVER, wantsOf, whenOf } from "./load-window.ts";
import { exactly, type Measure, nothing, type Over, type Reading } from "./measure.ts";

export const requestsTotal: Measure = {
  name: "requests",
  unit: "requests",
  says: "Requests that ended, with or without success. Default window: whole.",
  over: LOAD_OVER,
  wants: (over) => wantsOf(over, "whole"),
  read(over, facts) {
    const requests = coveredOf(over, "whole", facts);
    if (typeof requests === "string") return nothing(requests);
    const { total, window, doubt } = requests;
    const says = `${total.count} requests were made ${window.says}, ${total.failed} of them failed`;
    // At least this many are certain; there may be more that the load did not report.
    const upper = doubt === undefined ? total.count : Number.POSITIVE_INFINITY;
    return {
      range: { lower: total.count, upper },
      says: doubt === undefined ? says : `${says}; ${doubt}`,
      when: whenOf(window),
    };
  },
};

export const requestsPerSecondMean: Measure = {
  name: "requests-per-second-mean",
  unit: "requests/s",
  says: "Requests a second on average. Default window: plateau.",
  over: LOAD_OVER,
  wants: (over) => wantsOf(over, "plateau"),
  read(over, facts) {
    const requests = coveredOf(over, "plateau", facts);
    if (typeof requests === "string") return nothing(requests);
    const { total, window, doubt } = requests;
    const seconds = window.spans.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0) / 1000;
    const value = seconds === 0 ? 0 : total.count / seconds;
    const says = `${total.count} requests in ${seconds.toFixed(1)} s ${window.says}`;
    return { range: exactly(value), says, when: whenOf(window), ...(doubt === undefined ? {} : { doubt }) };
  },
};

export const requestsPerSecondPeak: Measure = {
  name: "requests-per-second-peak",
  unit: "requests/s",
  says: "Requests in the busiest whole second of the run, summed over all workers.",
  over: [],
  read: (_over: Over, facts: Facts): Reading => peakOf(facts),
};

function peakOf({ load }: Facts): Reading {
  let best = 0;
  let at = -1;
  for (const [second, count] of load.perSecond.entries()) if (count > best) [best, at] = [count, second];
  if (at < 0) return nothing("no request was made");
  const fromSecond = load.span.fromMs / 1000 + at;
  const says = `the busiest second had ${best.toFixed(0)} requests`;
  return { range: exactly(best), says, when: `from ${fromSecond.toFixed(1)} s to ${(fromSecond + 1).toFixed(1)} s` };
}
