/**
 * How the fake behaves: every switch and duration of the model, with the values of an honest, healthy platform. A lie
 * (lie.ts) is a change of these values, and nothing else. Durations in milliseconds; a pair is a range drawn from by seed.
 */
export type Range = readonly [from: number, to: number];

/** One replicated store: PostgreSQL under an elector, or Redis under sentinels. */
export interface StoreBehaviour {
  /** strict: no acknowledgement without a second copy. off: acknowledged first, copied `lagMs` later. */
  readonly replication: "strict" | "off";
  /** How far behind an asynchronous copy is. */
  readonly lagMs: Range;
  /** Time of one commit. */
  readonly commitMs: Range;
  /** From the second copy to the client's answer leaving the store. */
  readonly acknowledgeMs: Range;
  /** From a leader's process death to the next leader. */
  readonly failoverMs: Range;
  /** The same where the leader cannot be reached: its lock has to run out first. */
  readonly failoverUnreachableMs: Range;
  /** The elector notices a leader that cannot write. */
  readonly failsOverWhenFull: boolean;
  /** false: there is no majority to elect a new leader. */
  readonly elects: boolean;
  /** From start or healing to standing in place as a copy again; null: never. */
  readonly rejoinMs: Range | null;
  /** How long a thawed or healed old leader goes on acknowledging on its own; 0: it knows its place. */
  readonly splitBrainMs: number;
  /** An isolated leader goes on acknowledging clients on its side until its lock has run out. */
  readonly isolatedLeaderAcknowledges: boolean;
}

export interface AppBehaviour {
  readonly replicas: number;
  /** Answer time of the app itself. */
  readonly serviceMs: Range;
  /** From process start to able to serve. */
  readonly startMs: Range;
  /** truth: ready once it can serve. always: ready from the first moment. */
  readonly readiness: "truth" | "always";
  /** Extra time after it could serve until readiness admits so. */
  readonly readinessDelayMs: number;
  readonly acknowledges: "after-commit" | "before-commit";
  /** Delay of a commit that was acknowledged before. */
  readonly lateCommitMs: Range;
  /** A second attempt at the same id finds the first. */
  readonly idempotent: boolean;
  /** Counters change inside the store, not by read, add, write. */
  readonly countersAtomic: boolean;
  /** Every n-th order is acknowledged and thrown away; 0: none. */
  readonly dropsEvery: number;
  /** After a failover this share of the replicas goes on talking to the old leader, until it restarts: 0 (honest) to 1 (all). */
  readonly pinnedShare: number;
  /**
   * The app's processes exit when the database has a new leader. declared: the platform says that they follow it, for they
   * are built so; undeclared: they crash, and it is nobody's plan.
   */
  readonly exitsOnFailover: "no" | "declared" | "undeclared";
  /** Users' writes fail from the first fault on, whatever becomes of it: no fault is ever recovered from. */
  readonly staysBroken: boolean;
  readonly sessions: "store" | "memory";
  /** Cached values of reads outlive a failover. */
  readonly cacheForEver: boolean;
  /** Reads come from a copy that is `lagMs` behind, at all times. */
  readonly readsLagMs: number;
  /** Failures are answered 200 with an error in the body. */
  readonly errorsInside200: boolean;
  /** After each recovery, for `retryStormMs`, clients' retries overwhelm the app. */
  readonly retryStormMs: number;
  /** Short outages of writes: each so long, so far apart; 0: none. */
  readonly blip: { readonly lastsMs: number; readonly everyMs: number };
  /** After a fault's recovery users' writes fail once more, so long, so late; 0: never. */
  readonly relapse: { readonly lastsMs: number; readonly afterMs: number };
  /** Milliseconds that each answer gets slower per minute, and bytes that memory grows per minute. */
  readonly leak: { readonly slowerMsPerMinute: number; readonly bytesPerMinute: number };
  /** CPU that one request takes; CPU that a replica asks for, and the most it gets, in cores. */
  readonly cpuMsPerRequest: number;
  readonly cpuRequest: number;
  readonly cpuLimit: number;
}

export interface ProxyBehaviour {
  readonly healthChecks: boolean;
  /** Until a dead replica is taken out. */
  readonly detectMs: Range;
  /** A request that found its replica dead is sent to another. */
  readonly redispatches: boolean;
  /** A write whose answer got lost is sent again (non-idempotent POST). */
  readonly retriesWrites: boolean;
}

export interface ScalingBehaviour {
  readonly max: number;
  readonly syncMs: number;
  readonly stabilisationMs: number;
  /** false: the metric is missing (ScalingActive false). */
  readonly metrics: boolean;
  /** Target share of the CPU requested. */
  readonly target: number;
  /** Replicas beyond this never become ready (no room for their pods). */
  readonly roomFor: number;
  /** Goes down and up again without a change of load. */
  readonly flaps: boolean;
}

export interface DrainBehaviour {
  /** one: evicted one by one, the next when its replacement is ready. all: all at once. never: eviction is refused. */
  readonly evicts: "one" | "all" | "never";
  /** Replicas are spread over the nodes; false: all on one. */
  readonly spread: boolean;
}

/**
 * Pages of a ledger. shifting: another order in each query. ties: an order that depends on the page alone, as of a sort that
 * stops where the page ends. inclusive: each page begins with the last row of the one before.
 */
export interface PageBehaviour {
  readonly size: number;
  readonly order: "stable" | "shifting" | "ties" | "inclusive";
  /** Each item bears its row's own identity. */
  readonly rows: boolean;
}

/** How the platform lists what it holds. */
export interface LedgerBehaviour {
  /** A row is listed so long after it was committed. */
  readonly listedAfterMs: Range;
  readonly pages: PageBehaviour | null;
  /** Sessions vanish so long after they were made; null: never. */
  readonly sessionsExpireMs: number | null;
}

/** What the fake's own part of the tool does wrong: evidence that must not be believed. */
export interface ReportBehaviour {
  /**
   * claimed-only: the injection reports success and nothing happens. unwitnessed: it bites, and nobody saw it from inside.
   * failed: it cannot be made, and says so.
   */
  readonly bites: "really" | "claimed-only" | "unwitnessed" | "failed";
  /** Seen healed only this long after the order; null: never seen. */
  readonly healSeenMs: Range | null;
  /** Reads of the ledger at most; null: as many as a real run makes. */
  readonly ledgerReads: number | null;
  readonly ledgerComplete: boolean;
  /** The first read comes from a copy this far behind. */
  readonly firstReadLagMs: number;
  /** A span in which probes and load sent nothing: [after the fault's bite, length]; length 0: none. */
  readonly stall: { readonly afterBiteMs: number; readonly lastsMs: number };
  /** The stall is not admitted by a gap event. */
  readonly stallHidden: boolean;
  readonly unhealthyBefore: boolean;
  readonly residue: boolean;
  /** A load worker is lost without its last reports, in mid-run. */
  readonly losesWorker: boolean;
  /** The generator itself is the bottleneck: CPU at its limit, late sends. */
  readonly generatorOverloaded: boolean;
  /** No write is sent in the last second before the fault. */
  readonly quietBeforeFault: boolean;
  /** Members of the store are one fewer than promised. */
  readonly membersMissing: number;
  /** A replica dies by itself, outside all faults. */
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

/** Changed values, section by section. */
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

/** `base` with each section's changes laid over it, later ones over earlier. */
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
