import { z } from "zod";
import { parseDuration } from "../std/duration.ts";

export { DURATION_MS_MAX, formatDuration, parseDuration } from "../std/duration.ts";

/** Field of a plan that holds a duration; resolves to milliseconds. */
export const duration = z.union([z.string(), z.number()]).transform((given, context) => {
  const durationMs = parseDuration(given);
  if (durationMs !== undefined) return durationMs;
  context.addIssue({
    code: "custom",
    message: `a duration with its unit, such as "500ms", "30s", "5m" (at most 7 days), got ${JSON.stringify(given)}`,
  });
  return z.NEVER;
});
