/**
 * Counts calls that never left this machine, because it had no port or descriptor left for them. They say nothing about the
 * platform.
 */
import type { MetricDelta } from "../interval.ts";

const UNOPENED = /^(http_req_duration\{(.*,)?error|ws_errors\{(.*,)?kind):local[,}]/;

export function unopenedIn(metrics: readonly MetricDelta[]): number {
  return metrics.reduce((sum, { metric, count }) => sum + (UNOPENED.test(metric) ? count : 0), 0);
}
