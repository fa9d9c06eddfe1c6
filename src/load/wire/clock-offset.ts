/**
 * How far another machine's monotonic clock is from ours, by question and answer (as NTP does): the answer was stamped
 * somewhere between our send and our receipt, so the truth lies within half a round trip of the middle.
 */
export interface ClockSample {
  readonly sentNs: bigint;
  /** The other machine's clock when it answered. */
  readonly atNs: bigint;
  readonly receivedNs: bigint;
}

export interface ClockOffset {
  /** Ours minus theirs. */
  readonly offsetNs: bigint;
  /** The offset is off by at most this. */
  readonly boundNs: bigint;
}

/** The narrowest of several questions. Throws RangeError when there is none. */
export function clockOffset(samples: readonly ClockSample[]): ClockOffset {
  const offsets = samples.map(({ sentNs, atNs, receivedNs }) => {
    const boundNs = (receivedNs - sentNs) / 2n;
    return { offsetNs: sentNs + boundNs - atNs, boundNs };
  });
  const [first, ...rest] = offsets;
  if (first === undefined) throw new RangeError("expected at least one clock sample, got none");
  return rest.reduce((best, next) => (next.boundNs < best.boundNs ? next : best), first);
}

/** Whether both can be true of one and the same clock. */
export function agree(one: ClockOffset, other: ClockOffset): boolean {
  const apartNs = one.offsetNs - other.offsetNs;
  const withinNs = one.boundNs + other.boundNs;
  return apartNs <= withinNs && -apartNs <= withinNs;
}
