/**
 * A stop condition ends a run that does harm or can no longer prove anything: something was bad without interruption for too
 * long. Pure: it folds over sights, which are small observations that the conductor makes. A period without sights neither
 * begins nor ends a streak, because a gap in our own observation is no data.
 */
import { NOT_RECOVERED, type StopPlan, type StopProbe } from "../plan.ts";
import { type HealthLine, SYNC_STANDBY } from "../platform.ts";
import type { Json } from "../std/json.ts";

export type Observation = { readonly atMs: number } /** One answer to a probe of a class of user experience. */ & (
  | { readonly is: "answer"; readonly class: string; readonly ok: boolean }
  /** The load over the last second or so; null if there was no request. */
  | { readonly is: "load"; readonly failedFraction: number | null; readonly p95Ms: number | null }
  | { readonly is: "health"; readonly lines: readonly HealthLine[] }
  /** One run of a command or HTTP request of the plan (stop-probe.ts). */
  | { readonly is: "probe"; readonly name: string; readonly ok: boolean; readonly seen: string }
);

/** The reason why the run has to stop. */
export interface Stop {
  readonly condition: string;
  /** A complete sentence that contains the figures. */
  readonly because: string;
  readonly detail: Json;
}

interface Opinion {
  /** What the opinion is about; streaks of different keys are counted separately. */
  readonly key: string;
  readonly bad: boolean;
  /** What was observed, in words that follow the key. */
  readonly seen: string;
}

interface Condition {
  readonly name: string;
  readonly forMs: number;
  /** Returns the opinions on one sight; none if the sight does not concern this condition. */
  judge(sight: Observation): readonly Opinion[];
}

/** Folds sights; returns a Stop for every sight at which one of the conditions holds. */
export class StopWatch {
  readonly #conditions: readonly Condition[];
  readonly #badSinceMs = new Map<string, number>();

  constructor(plan: StopPlan) {
    this.#conditions = conditionsOf(plan);
  }

  see(sight: Observation): Stop | null {
    const stops = this.#conditions.flatMap((condition) =>
      condition.judge(sight).map((opinion) => this.#note(condition, opinion, sight.atMs)),
    );
    return stops.find((stop) => stop !== null) ?? null;
  }

  #note({ name, forMs }: Condition, { key, bad, seen }: Opinion, atMs: number): Stop | null {
    const streak = `${name} ${key}`;
    if (!bad) this.#badSinceMs.delete(streak);
    if (!bad) return null;
    const sinceMs = this.#badSinceMs.get(streak) ?? atMs;
    this.#badSinceMs.set(streak, sinceMs);
    if (atMs - sinceMs < forMs) return null;
    const seconds = Math.round((atMs - sinceMs) / 1000);
    const because = `${key}: ${seen} for ${seconds} s, at most ${forMs / 1000} s are allowed`;
    return { condition: name, because, detail: { sinceMs, atMs, forMs } };
  }
}

function conditionsOf(plan: StopPlan): Condition[] {
  const { notRecoveredMs, syncStandbyMissingMs, errorRate, latency, probes } = plan;
  return [
    ...(notRecoveredMs === null ? [] : [notRecovered(notRecoveredMs)]),
    ...(syncStandbyMissingMs === null ? [] : [syncStandbyMissing(syncStandbyMissingMs)]),
    ...(errorRate === null ? [] : [tooManyErrors(errorRate.above, errorRate.forMs)]),
    ...(latency === null ? [] : [tooSlow(latency.p95AboveMs, latency.forMs)]),
    ...probes.map(probeFails),
  ];
}

const notRecovered = (forMs: number): Condition => ({
  name: NOT_RECOVERED,
  forMs,
  judge: (sight) =>
    sight.is === "answer" ? [{ key: `users of "${sight.class}"`, bad: !sight.ok, seen: "no success" }] : [],
});

const syncStandbyMissing = (forMs: number): Condition => ({
  name: "sync-standby-missing",
  forMs,
  judge: (sight) =>
    sight.is !== "health"
      ? []
      : sight.lines
          .filter((line) => line.id === SYNC_STANDBY)
          .map((line) => ({ key: line.name, bad: !line.ok, seen: `expected ${line.expected}, got ${line.seen}` })),
});

const tooManyErrors = (above: number, forMs: number): Condition => ({
  name: "error-rate",
  forMs,
  judge: (sight) =>
    sight.is !== "load" || sight.failedFraction === null
      ? []
      : [{ key: "failed requests", bad: sight.failedFraction > above, seen: `over ${above * 100} %` }],
});

const tooSlow = (p95AboveMs: number, forMs: number): Condition => ({
  name: "latency",
  forMs,
  judge: (sight) =>
    sight.is !== "load" || sight.p95Ms === null
      ? []
      : [{ key: "p95 of requests", bad: sight.p95Ms > p95AboveMs, seen: `over ${p95AboveMs} ms` }],
});

const probeFails = ({ name, forMs }: StopProbe): Condition => ({
  name: `probe ${name}`,
  forMs,
  judge: (sight) =>
    sight.is === "probe" && sight.name === name ? [{ key: name, bad: !sight.ok, seen: sight.seen }] : [],
});
