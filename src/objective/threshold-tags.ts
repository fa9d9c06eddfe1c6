/** Tags of requests that are counted only where a threshold asks for them, because each multiplies the series. */
import { parseWrittenMetric } from "../interval/metric-written.ts";

const EXTRA = new Set(["status", "method", "url"]);

/** `thresholds`: expressions by metric, as a plan has them. */
export function extraTagsOf(thresholds: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const asked = Object.keys(thresholds)
    .flatMap(parseWrittenMetric)
    .filter(({ name }) => name.startsWith("http_req"))
    .flatMap(({ tags }) => Object.keys(tags));
  return new Set(asked.filter((tag) => EXTRA.has(tag)));
}
