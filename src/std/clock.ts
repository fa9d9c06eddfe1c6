/**
 * One clock for a whole run: monotonic milliseconds since the run's start. All processes of a machine share Linux's
 * CLOCK_MONOTONIC, so that a child with the same origin stamps on the same scale; other machines measure an offset.
 */
export interface Clock {
  /** Returns the milliseconds since the origin, with a fraction; they never decrease. */
  nowMs(): number;
  /** The reading of CLOCK_MONOTONIC that counts as 0, in nanoseconds, as decimal text so that it can be sent as JSON. */
  readonly originNs: string;
}

/** Returns a clock whose 0 is `originNs` of CLOCK_MONOTONIC (default: now). */
export function monotonicClock(originNs: string = process.hrtime.bigint().toString()): Clock {
  // performance.now() is far cheaper than reading a bigint; the offset between the two is fixed for this process.
  const offsetMs = measureOffsetMs(BigInt(originNs));
  return { originNs, nowMs: () => performance.now() + offsetMs };
}

const OFFSET_READINGS = 50;

/**
 * Returns CLOCK_MONOTONIC minus performance.now(). The first readings of a process take milliseconds, and any reading may be
 * interrupted between the two clocks: a process would then stamp a failure before its cause. The tightest of many brackets
 * avoids that.
 */
function measureOffsetMs(origin: bigint): number {
  let offsetMs = 0;
  let tightest = Number.POSITIVE_INFINITY;
  for (let reading = 0; reading < OFFSET_READINGS; reading++) {
    const before = process.hrtime.bigint();
    const nowMs = performance.now();
    const width = Number(process.hrtime.bigint() - before);
    if (width >= tightest) continue;
    tightest = width;
    offsetMs = (Number(before - origin) + width / 2) / 1e6 - nowMs;
  }
  return offsetMs;
}

/** A clock that is moved by hand, for tests and for the simulated platform. */
export class ManualClock implements Clock {
  readonly originNs = "0";
  #nowMs = 0;
  nowMs(): number {
    return this.#nowMs;
  }
  advance(byMs: number): void {
    this.#nowMs += byMs;
  }
}
