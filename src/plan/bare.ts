/**
 * The plan of `gameday load`: a load alone, against a bare platform, of which nothing is known but its URL. Nobody writes such a plan;
 * it stands in the evidence, so that a load is judged, reported and compared like any other run.
 */
import type { LoadPlan, Plan } from "../plan.ts";

/** The kind of a platform that is only a URL. It has no health checks, no targets and no ledger. */
export const BARE = "url";

/** Returns whether a plan is a load alone. With anything else to judge it is none, whatever its platform is called. */
export function isBare({ platform, experiments, claims, objectives }: Plan): boolean {
  return platform.kind === BARE && experiments.length + claims.length + objectives.length === 0;
}

export interface BareLoad {
  readonly name: string;
  readonly url: string;
  /** The seed that the flags ask for; null: a new one each time. */
  readonly seed: string | null;
  readonly load: LoadPlan;
}

export function barePlan({ name, url, seed, load }: BareLoad): Plan {
  return {
    version: 1,
    name,
    seed,
    platform: { kind: BARE, url },
    load,
    probes: null,
    warmUpMs: 0,
    calmMs: 0,
    autoscaling: null,
    experiments: [],
    stopWhen: { notRecoveredMs: null, syncStandbyMissingMs: null, errorRate: null, latency: null, probes: [] },
    claims: [],
    ledger: { quietMs: 0, betweenReadsMs: 0 },
    cleanUp: null,
    objectives: [],
  };
}
