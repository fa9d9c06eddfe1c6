/** Selects the tags of requests that are recorded only if a threshold uses them, because each tag multiplies the series. */
import { parseWrittenMetric } from "../interval/metric-written.ts";

const EXTRA = new Set(["status", "method", "url"]);

/** Returns the extra tags that the thresholds of a plan use. `thresholds` has the expressions by metric. */
export function extraTagsOf(thresholds: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const asked = Object.keys(thresholds)
    .flatMap(parseWrittenMetric)
    .filter(({ name }) => name.startsWith("http_req"))
    .flatMap(({ tags }) => Object.keys(tags));
  return new Set(asked.filter((tag) => EXTRA.has(tag)));
}
