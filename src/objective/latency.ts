/** The latency of requests from their intended start, under k6's metric name: percentiles, mean and max over a window. */
import type { Histogram } from "../std/histogram.ts";
import { DURATION_METRIC } from "./load-fold.ts";
import { LOAD_OVER, requestsOf, wantsOf, whenOf } from "./load-window.ts";
import { exactly, type Measure, nothing } from "./measure.ts";

interface Statistic {
  readonly name: string;
  readonly says: string;
  of(histogram: Histogram): number | null;
}

const STATISTICS: readonly Statistic[] = [
  ...[50, 90, 95, 99].map((percent) => ({
    name: `p${percent}`,
    says: `the time within which ${percent} % of the requests were answered (within 0.8 %)`,
    of: (histogram: Histogram) => histogram.quantile(percent / 100),
  })),
  { name: "mean", says: "the mean time of an answer", of: ({ sum, count }) => (count === 0 ? null : sum / count) },
  { name: "max", says: "the longest time of an answer", of: ({ max, count }) => (count === 0 ? null : max) },
];

export const LATENCIES: readonly Measure[] = STATISTICS.map((statistic) => ({
  name: `${DURATION_METRIC}-${statistic.name}-ms`,
  unit: "ms",
  says: `Latency from the intended start: ${statistic.says}. Default window: whole.`,
  over: LOAD_OVER,
  wants: (over) => wantsOf(over, "whole"),
  read(over, facts) {
    const requests = requestsOf(over, "whole", facts);
    if (typeof requests === "string") return nothing(requests);
    const { total, window, doubt } = requests;
    const value = statistic.of(total.histogram);
    if (value === null) return nothing(`no latency was recorded ${window.says}`);
    const says = `the ${statistic.name} of ${total.count} requests ${window.says} was ${value.toFixed(1)} ms`;
    return { range: exactly(value), says, when: whenOf(window), ...(doubt === undefined ? {} : { doubt }) };
  },
}));
