/**
 * A gap is a span in which a probe stream did not send, for a reason of the tool's own. It means "no data", neither up nor down.
 * Gaps are found from missing samples.
 */
import { BEAT_SPREAD, beatEveryMs } from "../probe.ts";
import type { SampledStream } from "./samples.ts";
import type { Span } from "./span.ts";

const GAP_BEATS = 5;

/**
 * Returns the longest time between two sends that is not a gap: five beats, so that one late timer is not a gap, and the part of a
 * period in which each beat may come. Five beats or more are then missing in every gap.
 */
export function gapMs(everyMs: number = beatEveryMs()): number {
  return (GAP_BEATS + BEAT_SPREAD) * everyMs;
}

/** Returns the gaps within a span. The samples must be in order of sending. O(n). */
export function gapsOf({ samples, everyMs }: Pick<SampledStream, "samples" | "everyMs">, within: Span): Span[] {
  const longest = gapMs(everyMs);
  const gaps: Span[] = [];
  let last = within.fromMs;
  for (const { sentMs } of samples) {
    if (sentMs <= within.fromMs) continue;
    const until = Math.min(sentMs, within.toMs);
    if (until - last > longest) gaps.push({ fromMs: last, toMs: until });
    if (sentMs >= within.toMs) return gaps;
    last = sentMs;
  }
  if (within.toMs - last > longest) gaps.push({ fromMs: last, toMs: within.toMs });
  return gaps;
}
