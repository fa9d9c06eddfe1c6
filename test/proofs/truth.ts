/**
 * Computes when users were served again, from samples of an independent witness. It is written without the product's code for
 * outages, from the definition alone: decisions/0090. All times are milliseconds of CLOCK_MONOTONIC.
 */

export interface WitnessSample {
  readonly class: string;
  readonly connection: "kept" | "fresh";
  /** The replica that the beat asked the proxy for. */
  readonly replica: string;
  /** The replica that answered, according to the proxy; null when none did. */
  readonly answeredBy: string | null;
  readonly sentMs: number;
  readonly doneMs: number;
  readonly ok: boolean;
}

export interface Bracket {
  readonly lowerMs: number;
  /** Null when it was never observed to be served again. */
  readonly upperMs: number | null;
  readonly failures: number;
}

/** A stream that is served this long without a failure is served for good. */
const SUSTAINED_MS = 3_000;
/** After that, fewer failures than this are a blip rather than a return of the outage. */
const RELAPSE_FAILURES = 3;

/**
 * Returns the bracket of one stream's recovery from a fault that held from `fromMs` to `toMs`: [send of the last failure of the
 * outage, completion of the first success that was sent after it]. Null when no beat failed.
 */
export function recoveryOf(samples: readonly WitnessSample[], fromMs: number, toMs: number): Bracket | null {
  const failures = samples.filter(({ ok, sentMs, doneMs }) => !ok && doneMs >= fromMs && sentMs < toMs);
  const groups = groupsOf(failures.map(({ sentMs }) => sentMs).toSorted((a, b) => a - b));
  const last = groups.findLast((group, at) => at === 0 || group.length >= RELAPSE_FAILURES);
  const lowerMs = last?.at(-1);
  if (lowerMs === undefined) return null;
  const served = samples.filter(({ ok, sentMs }) => ok && sentMs > lowerMs).map(({ doneMs }) => doneMs);
  const upperMs = served.reduce((least, doneMs) => Math.min(least, doneMs), Number.POSITIVE_INFINITY);
  return { lowerMs, upperMs: Number.isFinite(upperMs) ? upperMs : null, failures: failures.length };
}

/** Splits ascending sends wherever nothing failed for SUSTAINED_MS. */
function groupsOf(sends: readonly number[]): number[][] {
  const groups: number[][] = [];
  for (const sent of sends) {
    const group = groups.at(-1);
    if (group === undefined || sent - (group.at(-1) ?? sent) > SUSTAINED_MS) groups.push([sent]);
    else group.push(sent);
  }
  return groups;
}

/** Splits the samples of a class into its streams: one for each connection and replica that was asked for. */
export function streamsOf(samples: readonly WitnessSample[], name: string): WitnessSample[][] {
  const streams = Map.groupBy(
    samples.filter((sample) => sample.class === name),
    ({ connection, replica }) => `${connection}/${replica}`,
  );
  return [...streams.values()];
}

/** Returns the replicas, ascending, that answered beats of the class that asked for them and were sent within the span. */
export function replicasMet(samples: readonly WitnessSample[], name: string, fromMs: number, toMs: number): string[] {
  const met = samples.filter(
    (one) =>
      one.class === name && one.answeredBy === one.replica && one.ok && one.sentMs >= fromMs && one.sentMs < toMs,
  );
  return [...new Set(met.map(({ replica }) => replica))].sort();
}

/** Returns the later of both ends, because users are served again only when all streams are. Null when none failed. */
export function latest(brackets: readonly (Bracket | null)[]): Bracket | null {
  const felt = brackets.filter((bracket) => bracket !== null);
  if (felt.length === 0) return null;
  const uppers = felt.map(({ upperMs }) => upperMs ?? Number.POSITIVE_INFINITY);
  const upperMs = Math.max(...uppers);
  return {
    lowerMs: Math.max(...felt.map(({ lowerMs }) => lowerMs)),
    upperMs: Number.isFinite(upperMs) ? upperMs : null,
    failures: felt.reduce((sum, { failures }) => sum + failures, 0),
  };
}
