/**
 * Finds the outages of one probe stream. An outage opens at a failed sample and closes at the sustained recovery, which is
 * RECOVERY_SUCCESSES successes in a row over RECOVERY_HOLD_MS, stamped at the first of them. A failure before that continues the
 * same outage. Both ends are brackets that contain the truth as far as this stream could see it: the beginning lies in [send of
 * the last success before, send of the first failure], and the end in [send of the last failure, completion of the
 * SERVED_SUCCESSES-th success]. The upper end is the completion, not the send, because a probe that is held in a proxy's queue and
 * then served was sent while the outage lasted.
 */
import type { Outage } from "../outage.ts";
import { beatEveryMs } from "../probe.ts";
import { gapMs } from "./gaps.ts";
import type { Sample, SampledStream } from "./samples.ts";

export const RECOVERY_HOLD_MS = 3_000;
/** The number needed out of the 60 beats of the hold window, so that a few late timers do not delay the proof of recovery. */
export const RECOVERY_SUCCESSES = 50;

/**
 * The number of successes in a row that end an outage for sure. The first shows only that the replica that answered it serves; the
 * second comes about a beat later and probably meets another one, while replicas recover within some ten milliseconds of each other.
 */
const SERVED_SUCCESSES = 2;

/** Returns the same share of the beats for a slower stream, which has fewer beats in the hold window. */
function successesNeeded(everyMs: number = beatEveryMs()): number {
  return Math.ceil((RECOVERY_SUCCESSES * beatEveryMs()) / everyMs);
}

export interface FeltOutage extends Outage {
  /** When the first failure was known. A probe that was in flight when the fault came was sent before the fault. */
  readonly firstFailureCompletedMs: number;
  readonly lastFailureSentMs: number;
  /** The probe ids of the first and the last failure. */
  readonly witnesses: readonly [first: string, last: string];
}

interface Open {
  readonly lastOkSentMs: number;
  readonly first: Sample;
  last: Sample;
  failures: number;
  /** The first of the successes in a row since the last failure or gap; `successes` is their number. */
  firstOk: Sample | null;
  successes: number;
  /** When the successes in a row that end the outage were all complete; of no meaning before there are that many. */
  servedMs: number;
}

/** Returns all outages of a stream, in order. O(n). */
export function outagesOf(stream: SampledStream): FeltOutage[] {
  const outages: FeltOutage[] = [];
  let open: Open | null = null;
  let before: Sample | null = null;
  for (const sample of stream.samples) {
    if (!sample.ok) open = fail(open, sample, before);
    else if (open !== null && succeed(open, sample, before, stream.everyMs)) {
      outages.push(close(stream, open, open.servedMs));
      open = null;
    }
    before = sample;
  }
  if (open !== null) outages.push(close(stream, open, null));
  return outages;
}

function fail(open: Open | null, sample: Sample, before: Sample | null): Open {
  if (open === null) {
    const lastOkSentMs = before?.sentMs ?? Number.NEGATIVE_INFINITY;
    return { lastOkSentMs, first: sample, last: sample, failures: 1, firstOk: null, successes: 0, servedMs: 0 };
  }
  open.last = sample;
  open.failures++;
  open.firstOk = null;
  open.successes = 0;
  return open;
}

/** Counts a success and returns true when the recovery is sustained. A gap in our sending restarts the count. */
function succeed(open: Open, sample: Sample, before: Sample | null, everyMs: number | undefined): boolean {
  const silent = before !== null && sample.sentMs - before.sentMs > gapMs(everyMs);
  if (open.firstOk === null || silent) {
    open.firstOk = sample;
    open.successes = 0;
    open.servedMs = 0;
  }
  open.successes++;
  if (open.successes <= SERVED_SUCCESSES) open.servedMs = Math.max(open.servedMs, sample.completedMs);
  return open.successes >= successesNeeded(everyMs) && sample.sentMs - open.firstOk.sentMs >= RECOVERY_HOLD_MS;
}

function close(stream: SampledStream, open: Open, servedMs: number | null): FeltOutage {
  return {
    class: stream.class,
    connection: stream.connection,
    begin: { lowerMs: open.lastOkSentMs, upperMs: open.first.sentMs },
    end: servedMs === null ? null : { lowerMs: open.last.sentMs, upperMs: Math.max(servedMs, open.last.sentMs) },
    failures: open.failures,
    firstFailureCompletedMs: open.first.completedMs,
    lastFailureSentMs: open.last.sentMs,
    witnesses: [open.first.id, open.last.id],
  };
}
