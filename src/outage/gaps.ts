/**
 * A gap is a span in which a probe stream did not send, for a reason of our own: "no data", neither up nor down. Found
 * from the samples themselves (they tell by their absence) and from the gaps that the tool recorded.
 */
import { BEATS_PER_SECOND } from "../probe.ts";
import type { Sample } from "./samples.ts";
import type { Span } from "./span.ts";

/** Sends further apart than this are a gap: five beats, so that one late timer is none. */
export const GAP_MS = (5 * 1000) / BEATS_PER_SECOND;

/** Spans longer than GAP_MS within [fromMs, toMs] without a send. `samples` in order of sending. O(n). */
export function gapsOf(samples: readonly Sample[], within: Span): Span[] {
  const gaps: Span[] = [];
  let last = within.fromMs;
  for (const { sentMs } of samples) {
    if (sentMs <= within.fromMs) continue;
    const until = Math.min(sentMs, within.toMs);
    if (until - last > GAP_MS) gaps.push({ fromMs: last, toMs: until });
    if (sentMs >= within.toMs) return gaps;
    last = sentMs;
  }
  if (within.toMs - last > GAP_MS) gaps.push({ fromMs: last, toMs: within.toMs });
  return gaps;
}
