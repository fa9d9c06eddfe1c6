/**
 * Calls that the engine itself cut off when their user ended. They are not failures of the platform, which may have been about
 * to answer. Only a call that had waited far longer than answers take counts against the platform, as a doubt: a platform that
 * has stopped answering must not pass because the load ended before the timeouts did.
 */
import { Histogram } from "../std/histogram.ts";
import type { Total, Totals } from "./totals.ts";

type Tags = Readonly<Record<string, string>>;

/** Maps the metric of completed calls to the metric that counts those that were cut off, by how long they had waited in ms. */
export const INTERRUPTED: Readonly<Record<string, string>> = {
  http_req_duration: "http_req_interrupted",
  call_duration: "call_interrupted",
};

/** A cut-off call hung only when it waited longer than TIMES_SLOWEST times the slowest answer, and longer than MOMENT_MS. */
const TIMES_SLOWEST = 2;
const MOMENT_MS = 100;

/**
 * Returns the waits, in ms, of cut-off calls with these tags that hung; the histogram is empty when none did. `source` is a
 * key of INTERRUPTED.
 */
export function hungIn(totals: Totals, source: string, tags: Tags): Histogram {
  const hung = new Histogram();
  const metric = INTERRUPTED[source];
  if (metric === undefined) return hung;
  for (const total of totals.series({ name: metric, tags })) {
    const slowestMs = slowest(totals, source, total.metric.tags) ?? slowest(totals, source, tags) ?? 0;
    const limitMs = Math.max(MOMENT_MS, TIMES_SLOWEST * slowestMs);
    if (total.histogram !== null) hung.merge(total.histogram.above(limitMs).snapshot());
  }
  return hung;
}

/** Returns how many calls with these tags were cut off. */
export function interruptedIn(totals: Totals, source: string, tags: Tags = {}): number {
  return totals.series({ name: INTERRUPTED[source] ?? "", tags }).reduce((sum, { count }) => sum + count, 0);
}

/** Returns how long the slowest expected answer took; null when there was none. */
function slowest(totals: Totals, source: string, tags: Tags): number | null {
  const answered: Total | null = totals.find({ name: source, tags: { ...tags, expected_response: "true" } });
  return answered === null || answered.count === 0 ? null : answered.max;
}
