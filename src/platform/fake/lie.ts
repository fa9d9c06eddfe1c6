/**
 * The lies that the fake can tell: each is a planted fault of a platform (or of our own part of a run), written as changes of an
 * honest Behaviour. This is one explicit list. A lie states what it imitates in the world; the code that uses it (test/mutants/)
 * states which finding must name it.
 */
import { GamedayError } from "../../std/errors.ts";
import { suggestion } from "../../std/suggest.ts";
import type { BehaviourChange } from "./behaviour.ts";

export interface Lie {
  readonly name: string;
  /** What it imitates in the real world. */
  readonly imitates: string;
  readonly change: BehaviourChange;
}

/** Answers that take so long that many are in flight when a fault comes. */
const SLOW_ANSWERS = { acknowledgeMs: [500, 850] } as const;

/** Acknowledged data is lost or duplicated. */
const DATA_LIES: readonly Lie[] = [
  {
    name: "drops-acknowledged-write",
    imitates: "an app that answers 201 and now and then forgets to store",
    change: { app: { dropsEvery: 150 } },
  },
  {
    name: "async-replication",
    imitates: "PostgreSQL with asynchronous replication whose leader is killed and a standby promoted",
    change: { database: { replication: "off", lagMs: [200, 700] } },
  },
  {
    name: "lagging-standby-promoted",
    imitates: "a standby seconds behind that is allowed to be promoted",
    change: { database: { replication: "off", lagMs: [4000, 6000] } },
  },
  {
    name: "isolated-leader-acknowledges",
    imitates: "a leader cut off from its standbys that goes on acknowledging until its lock runs out",
    change: { database: { isolatedLeaderAcknowledges: true } },
  },
  {
    name: "unprotected-redis",
    imitates: "Redis with min-replicas-to-write 0 and no WAIT, clients on the master's side of a partition",
    change: { sessionStore: { isolatedLeaderAcknowledges: true, replication: "off" } },
  },
  {
    name: "split-brain",
    imitates: "a frozen leader that goes on acknowledging after it is thawed",
    change: { database: { splitBrainMs: 4000 } },
  },
  {
    name: "early-201",
    imitates: "an app that answers 201 before it has committed",
    change: { app: { acknowledges: "before-commit" } },
  },
  {
    name: "duplicate-on-retry",
    imitates: "an app without idempotency keys whose clients retry what timed out",
    change: { app: { idempotent: false }, database: SLOW_ANSWERS },
  },
  {
    name: "proxy-retries-writes",
    imitates: "a proxy that sends a POST again when its answer is lost, before an app without idempotency keys",
    change: { app: { idempotent: false }, proxy: { retriesWrites: true }, database: SLOW_ANSWERS },
  },
  {
    name: "lost-counter-update",
    imitates: "a counter that is read, added to and written back without a lock",
    change: { app: { countersAtomic: false } },
  },
  {
    name: "stale-cache",
    imitates: "a cache that is never invalidated after a failover",
    change: { app: { cacheForEver: true } },
  },
  {
    name: "stale-reads",
    imitates: "reads from a lagging copy sold as read-your-writes",
    change: { app: { readsLagMs: 800 } },
  },
  {
    name: "sessions-in-memory",
    imitates: "sessions kept in the app's process",
    change: { app: { sessions: "memory" } },
  },
  {
    name: "errors-inside-200",
    imitates: "an app that answers 200 with an error in the body",
    change: { app: { errorsInside200: true } },
  },
];

/** The users' outage is longer, comes back, or is hidden. */
const RECOVERY_LIES: readonly Lie[] = [
  {
    name: "recovers-late",
    imitates: "a stock failover with long locks and slow checks, behind a promise of half the time",
    change: { database: { failoverMs: [16_500, 19_000] }, sessionStore: { failoverMs: [9_000, 11_000] } },
  },
  {
    name: "stuck-quorum",
    imitates: "an elector without a majority after a node is lost",
    change: { database: { elects: false }, sessionStore: { elects: false } },
  },
  {
    name: "pinned-pool",
    imitates: "connection pools that stay with the demoted leader",
    change: { app: { pinnedShare: 1 } },
  },
  {
    name: "cached-leader-address",
    imitates: "one replica that looked the leader's address up once, at its start",
    change: { app: { pinnedShare: 0.34 } },
  },
  {
    name: "no-health-checks",
    imitates: "a proxy without health checks before a dead replica",
    change: { proxy: { healthChecks: false, redispatches: false }, app: { startMs: [9000, 11_000] } },
  },
  {
    name: "readiness-always-true",
    imitates: "a readiness probe that is true before the app can serve",
    change: { app: { readiness: "always", startMs: [9000, 11_000] } },
  },
  {
    name: "one-replica",
    imitates: "a single replica that a drain takes away",
    change: { app: { replicas: 1, startMs: [6000, 9000] }, drain: { evicts: "all" } },
  },
  {
    name: "all-replicas-on-one-node",
    imitates: "three replicas on one node, evicted at once",
    change: { app: { startMs: [6000, 9000] }, drain: { evicts: "all", spread: false } },
  },
  {
    name: "drain-blocked",
    imitates: "a disruption budget with maxUnavailable 0",
    change: { drain: { evicts: "never" } },
  },
  {
    name: "replica-never-rejoins",
    imitates: "a member that stays outside after a partition: redundancy lost in silence",
    change: { database: { rejoinMs: null } },
  },
  {
    name: "relapse",
    imitates: "a recovery that does not last",
    change: { app: { relapse: { lastsMs: 9000, afterMs: 6000 } } },
  },
  {
    name: "retry-storm",
    imitates: "clients' retries that overwhelm the app after its recovery",
    change: { app: { retryStormMs: 20_000 } },
  },
  {
    name: "many-short-blips",
    imitates: "outages shorter than a slow prober's period, again and again",
    change: { app: { blip: { lastsMs: 300, everyMs: 3000 } } },
  },
  {
    name: "slow-leak",
    imitates: "an app that gets slower and larger by the minute under constant load",
    change: { app: { leak: { slowerMsPerMinute: 25, bytesPerMinute: 60_000_000 } } },
  },
  {
    name: "crashes-with-the-leader",
    imitates: "an app all of whose replicas crash whenever the database's leader changes",
    change: { app: { exitsOnFailover: "undeclared" } },
  },
  {
    name: "disk-full-unnoticed",
    imitates: "a leader whose full disk its elector does not notice: reads fine, writes broken while it lasts",
    change: { database: { failsOverWhenFull: false } },
  },
];

/** The autoscaler does not do what it promises. */
const SCALING_LIES: readonly Lie[] = [
  { name: "autoscaler-cap", imitates: "maxReplicas 6 where 10 are promised", change: { scaling: { max: 6 } } },
  {
    name: "autoscaler-blind",
    imitates: "no metrics server, or no CPU request",
    change: { scaling: { metrics: false } },
  },
  {
    name: "target-above-saturation",
    imitates: "a CPU target above what the app can ever use: it is slow, and nothing scales",
    change: { scaling: { target: 2 }, app: { cpuLimit: 0.12 } },
  },
  {
    name: "flapping",
    imitates: "scale-down without stabilisation: up and down under constant load",
    change: { scaling: { flaps: true } },
  },
  { name: "pods-pending", imitates: "ten wanted, room for five", change: { scaling: { roomFor: 5 } } },
  {
    name: "slow-readiness",
    imitates: "replicas that count long before they carry load",
    change: { app: { readinessDelayMs: 400_000 } },
  },
];

/** Our own part of the run must not be believed. */
const REPORT_LIES: readonly Lie[] = [
  {
    name: "claims-fault-that-did-not-bite",
    imitates: "an injection that reports success and does nothing",
    change: { report: { bites: "claimed-only" } },
  },
  {
    name: "bite-without-witness",
    imitates: "a bite that is claimed by whoever commanded it, and that nobody saw from inside",
    change: { report: { bites: "unwitnessed" } },
  },
  {
    name: "injection-failed",
    imitates: "an injection that failed and says so",
    change: { report: { bites: "failed" } },
  },
  { name: "healing-not-seen", imitates: "a fault whose end nobody saw", change: { report: { healSeenMs: null } } },
  { name: "one-ledger-read", imitates: "a second ledger read that never came", change: { report: { ledgerReads: 1 } } },
  { name: "no-ledger-read", imitates: "an audit that never answered", change: { report: { ledgerReads: 0 } } },
  {
    name: "ledger-incomplete",
    imitates: "a ledger whose pages stop half-way",
    change: { report: { ledgerComplete: false } },
  },
  { name: "residue-left", imitates: "a packet filter rule left behind", change: { report: { residue: true } } },
  {
    name: "unhealthy-before",
    imitates: "a platform with a replica too few before the run",
    change: { report: { unhealthyBefore: true } },
  },
  {
    name: "members-missing",
    imitates: "a database member too few before the run",
    change: { report: { membersMissing: 1 } },
  },
  {
    name: "generator-stalled",
    imitates: "our own process standing still when the fault bites",
    change: { report: { stall: { afterBiteMs: 0, lastsMs: 6000 } } },
  },
  {
    name: "generator-stalled-in-silence",
    imitates: "our own process standing still without noticing",
    change: { report: { stall: { afterBiteMs: 0, lastsMs: 6000 }, stallHidden: true } },
  },
  {
    name: "generator-overloaded",
    imitates: "a load generator that is the bottleneck",
    change: { report: { generatorOverloaded: true } },
  },
  {
    name: "worker-lost",
    imitates: "a load worker that died with its last reports",
    change: { report: { losesWorker: true } },
  },
  {
    name: "quiet-before-fault",
    imitates: "no write in flight when the fault came",
    change: { report: { quietBeforeFault: true } },
  },
  {
    name: "replica-crashes",
    imitates: "an app that crashes by itself outside all faults",
    change: { report: { crashes: true } },
  },
];

export const LIES: readonly Lie[] = [...DATA_LIES, ...RECOVERY_LIES, ...SCALING_LIES, ...REPORT_LIES];

/** Returns the lie of that name. Throws GamedayError with the nearest name when there is none. */
export function lieNamed(name: string): Lie {
  const found = LIES.find((lie) => lie.name === name);
  if (found !== undefined) return found;
  const names = LIES.map((lie) => lie.name);
  throw new GamedayError({
    code: "fake-unknown-lie",
    expected: "the name of a lie of the fake platform",
    got: `"${name}"`,
    hint: suggestion(name, names),
  });
}
