/**
 * How the fake behaves: every switch and duration of the model, with the values of an honest, healthy platform. A lie (lie.ts) is
 * a change of these values, and nothing else. Durations are in milliseconds; a pair is a range from which the seed draws a value.
 */
export type Spread = readonly [from: number, to: number];

/** One replicated store: PostgreSQL under an elector, or Redis under Sentinels. */
export interface StoreBehaviour {
  /** strict: no write is acknowledged without a second copy. off: acknowledged first, copied `lagMs` later. */
  readonly replication: "strict" | "off";
  /** How far an asynchronous copy lags behind. */
  readonly lagMs: Spread;
  /** The time of one commit. */
  readonly commitMs: Spread;
  /** The time from the second copy until the answer to the client leaves the store. */
  readonly acknowledgeMs: Spread;
  /** The time from the death of a leader's process to the next leader. */
  readonly failoverMs: Spread;
  /** The same for a leader that cannot be reached: its lock has to expire first. */
  readonly failoverUnreachableMs: Spread;
  /** Whether the elector notices a leader that cannot write. */
  readonly failsOverWhenFull: boolean;
  /** false: no majority exists to elect a new leader. */
  readonly elects: boolean;
  /** The time from starting or healing until the member is a copy again; null: never. */
  readonly rejoinMs: Spread | null;
  /** How long a thawed or healed old leader keeps acknowledging on its own; 0: it steps down at once. */
  readonly splitBrainMs: number;
  /** Whether an isolated leader keeps acknowledging clients on its side until its lock has expired. */
  readonly isolatedLeaderAcknowledges: boolean;
}

export interface AppBehaviour {
  readonly replicas: number;
  /** The response time of the app itself. */
  readonly serviceMs: Spread;
  /** The time from process start until the app can serve. */
  readonly startMs: Spread;
  /** truth: ready once it can serve. always: ready from the start. */
  readonly readiness: "truth" | "always";
  /** The extra time from being able to serve until readiness reports it. */
  readonly readinessDelayMs: number;
  readonly acknowledges: "after-commit" | "before-commit";
  /** The delay of a commit that was acknowledged before. */
  readonly lateCommitMs: Spread;
  /** Whether a second attempt with the same id finds the first. */
  readonly idempotent: boolean;
  /** Whether counters change inside the store rather than by read, add and write. */
  readonly countersAtomic: boolean;
  /** Every n-th order is acknowledged and thrown away; 0: none. */
  readonly dropsEvery: number;
  /**
   * The share of the replicas that keep talking to the old leader after a failover, until they restart: 0 (honest) to 1 (all).
   */
  readonly pinnedShare: number;
  /**
   * Whether the app's processes exit when the database has a new leader. declared: the platform declares that they follow the
   * leader, because they are built to do so. undeclared: they crash without such a declaration.
   */
  readonly exitsOnFailover: "no" | "declared" | "undeclared";
  /** Users' writes fail from the first fault on, whatever happens to it: the platform never recovers from a fault. */
  readonly staysBroken: boolean;
  readonly sessions: "store" | "memory";
  /** Whether cached values of reads outlive a failover. */
  readonly cacheForEver: boolean;
  /** Reads come from a copy that always lags this far behind. */
  readonly readsLagMs: number;
  /** Whether failures are answered with 200 and an error in the body. */
  readonly errorsInside200: boolean;
  /** How long the retries of clients overwhelm the app after each recovery. */
  readonly retryStormMs: number;
  /** Short outages of writes: the length of each and the interval between them; 0: none. */
  readonly blip: { readonly lastsMs: number; readonly everyMs: number };
  /** After the recovery from a fault, users' writes fail again after `afterMs` for `lastsMs`; 0: never. */
  readonly relapse: { readonly lastsMs: number; readonly afterMs: number };
  /** How many milliseconds slower responses get per minute, and how many bytes memory grows per minute. */
  readonly leak: { readonly slowerMsPerMinute: number; readonly bytesPerMinute: number };
  /** The CPU time of one request; the CPU that a replica requests, and the most that it gets, in cores. */
  readonly cpuMsPerRequest: number;
  readonly cpuRequest: number;
  readonly cpuLimit: number;
}

export interface ProxyBehaviour {
  readonly healthChecks: boolean;
  /** The time until a dead replica is taken out of rotation. */
  readonly detectMs: Spread;
  /** Whether a request that found its replica dead is sent to another one. */
  readonly redispatches: boolean;
  /** Whether a write whose answer got lost is sent again (a non-idempotent POST). */
  readonly retriesWrites: boolean;
}

export interface ScalingBehaviour {
  readonly max: number;
  readonly syncMs: number;
  readonly stabilisationMs: number;
  /** false: the metric is missing (ScalingActive false). */
  readonly metrics: boolean;
  /** The target share of the requested CPU. */
  readonly target: number;
  /** Replicas beyond this number never become ready (there is no room for their pods). */
  readonly roomFor: number;
  /** Whether it scales down and up again without a change of load. */
  readonly flaps: boolean;
}

export interface DrainBehaviour {
  /**
   * one: replicas are evicted one by one, each when the replacement of the last is ready. all: all at once. never: eviction is
   * refused.
   */
  readonly evicts: "one" | "all" | "never";
  /** Whether replicas are spread over the nodes; false: all are on one. */
  readonly spread: boolean;
}

/**
 * The pages of a ledger. shifting: another order in each query. ties: an order that depends on the page alone, like that of a
 * sort that stops where the page ends. inclusive: each page begins with the last row of the page before.
 */
export interface PageBehaviour {
  readonly size: number;
  readonly order: "stable" | "shifting" | "ties" | "inclusive";
  /** Whether each item carries the identity of its row. */
  readonly rows: boolean;
}

/** How the platform lists what it holds. */
export interface LedgerBehaviour {
  /** How long after its commit a row is listed. */
  readonly listedAfterMs: Spread;
  readonly pages: PageBehaviour | null;
  /** How long after their creation sessions vanish; null: never. */
  readonly sessionsExpireMs: number | null;
}

/** What the fake's own part of the tool does wrong: evidence that must not be believed. */
export interface ReportBehaviour {
  /**
   * claimed-only: the injection reports success and nothing happens. unwitnessed: it bites, but no witness inside saw it. failed:
   * it cannot be made, and reports so.
   */
  readonly bites: "really" | "claimed-only" | "unwitnessed" | "failed";
  /** How long after the heal command the target is seen healed; null: never. */
  readonly healSeenMs: Spread | null;
  /** The maximum number of ledger reads; null: as many as a real run makes. */
  readonly ledgerReads: number | null;
  readonly ledgerComplete: boolean;
  /** The first read comes from a copy that lags this far behind. */
  readonly firstReadLagMs: number;
  /** A span in which probes and load sent nothing: [after the fault's bite, length]; length 0: none. */
  readonly stall: { readonly afterBiteMs: number; readonly lastsMs: number };
  /** Whether the stall is hidden: no gap event reports it. */
  readonly stallHidden: boolean;
  readonly unhealthyBefore: boolean;
  readonly residue: boolean;
  /** Whether a load worker is lost in mid-run without its last reports. */
  readonly losesWorker: boolean;
  /** Whether the load generator itself is the bottleneck: CPU at its limit, late sends. */
  readonly generatorOverloaded: boolean;
  /** Whether no write is sent in the last second before the fault. */
  readonly quietBeforeFault: boolean;
  /** How many members fewer than promised the store has. */
  readonly membersMissing: number;
  /** Whether a replica dies by itself, outside all faults. */
  readonly crashes: boolean;
}

export interface Behaviour {
  readonly database: StoreBehaviour;
  readonly sessionStore: StoreBehaviour;
  readonly app: AppBehaviour;
  readonly proxy: ProxyBehaviour;
  readonly scaling: ScalingBehaviour;
  readonly drain: DrainBehaviour;
  readonly ledger: LedgerBehaviour;
  readonly report: ReportBehaviour;
}

/** Changed values, by section. */
export type BehaviourChange = { readonly [Section in keyof Behaviour]?: Partial<Behaviour[Section]> };

export const HONEST: Behaviour = {
  database: {
    replication: "strict",
    lagMs: [5, 60],
    commitMs: [1, 4],
    acknowledgeMs: [0.1, 0.5],
    failoverMs: [1000, 3000],
    failoverUnreachableMs: [7000, 10_500],
    failsOverWhenFull: true,
    elects: true,
    rejoinMs: [1500, 4000],
    splitBrainMs: 0,
    isolatedLeaderAcknowledges: false,
  },
  sessionStore: {
    replication: "strict",
    lagMs: [1, 10],
    commitMs: [0.3, 1],
    acknowledgeMs: [0.05, 0.2],
    failoverMs: [1500, 2200],
    failoverUnreachableMs: [2500, 3500],
    failsOverWhenFull: true,
    elects: true,
    rejoinMs: [800, 2000],
    splitBrainMs: 0,
    isolatedLeaderAcknowledges: false,
  },
  app: {
    replicas: 3,
    serviceMs: [0.8, 3],
    startMs: [1500, 3000],
    readiness: "truth",
    readinessDelayMs: 0,
    acknowledges: "after-commit",
    lateCommitMs: [200, 600],
    idempotent: true,
    countersAtomic: true,
    dropsEvery: 0,
    pinnedShare: 0,
    exitsOnFailover: "no",
    staysBroken: false,
    sessions: "store",
    cacheForEver: false,
    readsLagMs: 0,
    errorsInside200: false,
    retryStormMs: 0,
    blip: { lastsMs: 0, everyMs: 0 },
    relapse: { lastsMs: 0, afterMs: 0 },
    leak: { slowerMsPerMinute: 0, bytesPerMinute: 0 },
    cpuMsPerRequest: 3,
    cpuRequest: 0.1,
    cpuLimit: 1,
  },
  proxy: { healthChecks: true, detectMs: [300, 1200], redispatches: true, retriesWrites: false },
  scaling: {
    max: 10,
    syncMs: 15_000,
    stabilisationMs: 300_000,
    metrics: true,
    target: 0.6,
    roomFor: 1000,
    flaps: false,
  },
  drain: { evicts: "one", spread: true },
  ledger: { listedAfterMs: [0, 0], pages: null, sessionsExpireMs: null },
  report: {
    bites: "really",
    healSeenMs: [200, 900],
    ledgerReads: null,
    ledgerComplete: true,
    firstReadLagMs: 0,
    stall: { afterBiteMs: 0, lastsMs: 0 },
    stallHidden: false,
    unhealthyBefore: false,
    residue: false,
    losesWorker: false,
    generatorOverloaded: false,
    quietBeforeFault: false,
    membersMissing: 0,
    crashes: false,
  },
};

/** Returns `base` with the changes of each section applied; later changes override earlier ones. */
export function behave(changes: readonly BehaviourChange[], base: Behaviour = HONEST): Behaviour {
  return changes.reduce<Behaviour>(
    (behaviour, change) => ({
      database: { ...behaviour.database, ...change.database },
      sessionStore: { ...behaviour.sessionStore, ...change.sessionStore },
      app: { ...behaviour.app, ...change.app },
      proxy: { ...behaviour.proxy, ...change.proxy },
      scaling: { ...behaviour.scaling, ...change.scaling },
      drain: { ...behaviour.drain, ...change.drain },
      ledger: { ...behaviour.ledger, ...change.ledger },
      report: { ...behaviour.report, ...change.report },
    }),
    base,
  );
}
