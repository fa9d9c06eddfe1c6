/** Calls that never left: this machine had no port or descriptor for them, which says nothing about the platform. */
import type { MetricDelta } from "../interval.ts";

const UNOPENED = /^(http_req_duration\{(.*,)?error|ws_errors\{(.*,)?kind):local[,}]/;

export function unopenedIn(metrics: readonly MetricDelta[]): number {
  return metrics.reduce((sum, { metric, count }) => sum + (UNOPENED.test(metric) ? count : 0), 0);
}
