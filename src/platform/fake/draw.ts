/** Draws durations: evenly within a range, or with the long right tail of real response times. */
import type { Random } from "../../std/random.ts";
import type { Spread } from "./behaviour.ts";

export function evenly(random: Random, [from, to]: Spread): number {
  return from + random.float() * (to - from);
}

/**
 * Returns a value mostly near `from`; one in a hundred is about `to` longer (an exponential tail, cut at three times the range).
 */
export function withTail(random: Random, [from, to]: Spread): number {
  const tail = -Math.log(1 - random.float()) / 4;
  return from + Math.min(tail, 3) * (to - from);
}
