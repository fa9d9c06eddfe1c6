/**
 * Measures the offset between another machine's monotonic clock and ours by request and response, as NTP does. The response was
 * stamped at some time between our send and our receipt, so the true offset lies within half a round trip of the middle.
 */
export interface ClockSample {
  readonly sentNs: bigint;
  /** The other machine's clock when it answered. */
  readonly atNs: bigint;
  readonly receivedNs: bigint;
}

export interface ClockOffset {
  /** Our clock minus theirs. */
  readonly offsetNs: bigint;
  /** The largest possible error of the offset. */
  readonly boundNs: bigint;
}

/** Returns the offset of the sample with the shortest round trip. Throws RangeError when there are no samples. */
export function clockOffset(samples: readonly ClockSample[]): ClockOffset {
  const offsets = samples.map(({ sentNs, atNs, receivedNs }) => {
    const boundNs = (receivedNs - sentNs) / 2n;
    return { offsetNs: sentNs + boundNs - atNs, boundNs };
  });
  const [first, ...rest] = offsets;
  if (first === undefined) throw new RangeError("expected at least one clock sample, got none");
  return rest.reduce((best, next) => (next.boundNs < best.boundNs ? next : best), first);
}

/** Returns whether both offsets can be true of the same clock. */
export function agree(one: ClockOffset, other: ClockOffset): boolean {
  const apartNs = one.offsetNs - other.offsetNs;
  const withinNs = one.boundNs + other.boundNs;
  return apartNs <= withinNs && -apartNs <= withinNs;
}
