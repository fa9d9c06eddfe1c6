import { z } from "zod";
import { DURATION_MS_MAX, parseDuration } from "../std/duration.ts";

export { DURATION_MS_MAX, formatDuration, parseDuration } from "../std/duration.ts";

/** Marks a duration in a JSON Schema that zod generates, where it would otherwise be any text or number. */
export const DURATION_MARK = "gamedayDuration";

/** A field of a plan that holds a duration; resolves to milliseconds. */
export const duration = durationOf(parseDuration);

/** The same for a plan that may already be resolved: a number is a duration in milliseconds. */
export const resolvedDuration = durationOf((given) =>
  typeof given === "number" && given >= 0 && given <= DURATION_MS_MAX ? given : parseDuration(given),
);

function durationOf(parse: (given: string | number) => number | undefined) {
  return z
    .union([z.string(), z.number()])
    .meta({ [DURATION_MARK]: true })
    .transform((given, context) => {
      const durationMs = parse(given);
      if (durationMs !== undefined) return durationMs;
      context.addIssue({
        code: "custom",
        message: 'a duration with its unit, such as "500ms", "30s", "5m" (at most 7 days)',
        params: { got: JSON.stringify(given) },
      });
      return z.NEVER;
    });
}
