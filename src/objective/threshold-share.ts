/** Returns the part and the count behind a threshold over a share: failed requests or calls, checks and rates that held. */
import type { Totals } from "../interval/totals.ts";
import type { Threshold } from "./threshold.ts";
import { sourceOf } from "./threshold-measure.ts";

/** Returns the share, or null if the threshold is not over a share or nothing was counted. */
export function shareOf({ metrics, statistic }: Threshold, totals: Totals): { part: number; count: number } | null {
  if (statistic !== "rate") return null;
  const asked =
    metrics.find(({ name, tags }) => totals.series({ name: sourceOf(name), tags }).length > 0) ?? metrics[0];
  const total = asked === undefined ? null : totals.find({ name: sourceOf(asked.name), tags: asked.tags });
  if (asked === undefined || total === null || total.count === 0) return null;
  if (asked.name === "http_req_failed" || asked.name === "call_failed")
    return { part: total.failed, count: total.count };
  const isShare = total.histogram === null && total.kind === undefined;
  return isShare ? { part: total.sum, count: total.count } : null;
}
