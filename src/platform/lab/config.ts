/**
 * The plan's `platform:` section of kind `lab`. `{kind: lab, app: {command: [...]}}` is a working lab; everything else has the
 * default that was measured to keep acknowledged writes and to fail over fast (see docs/decisions/0010). Override these to
 * describe a broken platform. Durations are milliseconds once parsed; `resolvedLabConfig` also reads the result of an earlier
 * parse and leaves it unchanged.
 */
import { z } from "zod";
import { autoscalerDocument } from "../../autoscaler/config.ts";
import { duration, resolvedDuration } from "../../plan/duration.ts";

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const parameters = z.record(z.string().regex(/^[a-z][a-z0-9_.-]*$/, "the name of a setting"), scalar).default({});
const argv = z.array(z.string()).min(1);
const size = z.string().regex(/^\d+[kmg]$/, 'a size such as "400m" or "2g"');

type Duration = typeof duration;

const postgres = (time: Duration) =>
  z.strictObject({
    ttl: time
      .default(8_000)
      .describe("Patroni's ttl: how long a dead leader keeps its lock. At least loopWait + 2 x retryTimeout."),
    loopWait: time.default(1_000).describe("Patroni's loop_wait: the time between two rounds of its loop."),
    retryTimeout: time
      .default(3_000)
      .describe("Patroni's retry_timeout: how long it retries etcd and PostgreSQL before it demotes the leader."),
    synchronous: z
      .boolean()
      .default(true)
      .describe("Whether a write is acknowledged only when a standby has it too (synchronous_mode)."),
    strict: z
      .boolean()
      .default(false)
      .describe("Whether writes block while no synchronous standby exists, instead of continuing without one."),
    failsafe: z
      .boolean()
      .default(false)
      .describe("Patroni's failsafe_mode: the leader stays one while etcd is away, if all members still reach it."),
    startTimeout: time
      .default(0)
      .describe(
        "How long a crashed leader may take to restart in place before another is elected; with 0s, another is elected at once.",
      ),
    maximumLagOnFailoverBytes: z
      .int()
      .min(0)
      .default(1_048_576)
      .describe("A standby that lags further behind than this is not elected, in bytes."),
    parameters: parameters.describe("Settings of postgresql.conf, by name: { max_connections: 300 }."),
  });

const redis = (time: Duration) =>
  z.strictObject({
    downAfter: time.default(2_000).describe("Sentinel's down-after-milliseconds: when a silent master counts as down."),
    failoverTimeout: time.default(5_000).describe("Sentinel's failover-timeout."),
    quorum: z.int().min(1).max(3).default(2).describe("How many of the three Sentinels must agree that it is down."),
    minReplicasToWrite: z
      .int()
      .min(0)
      .max(2)
      .default(1)
      .describe("min-replicas-to-write: a master with fewer replicas refuses writes; 0 accepts writes it may lose."),
    minReplicasMaxLag: time
      .default(2_000)
      .describe("min-replicas-max-lag: a replica silent for longer does not count."),
    appendOnly: z.boolean().default(true).describe("Whether each write goes to the append-only file."),
    parameters: parameters.describe("Settings of redis.conf, by name: { maxmemory: 100mb }."),
  });

const haproxy = (time: Duration) =>
  z.strictObject({
    healthChecks: z
      .boolean()
      .default(true)
      .describe(
        "Whether the app's replicas are checked. The stores' members always are: that is how a leader is found.",
      ),
    interval: time.default(500).describe("The time between two checks of a member that is up."),
    fastInterval: time.default(200).describe("The time between two checks while a member changes its state."),
    fall: z.int().min(1).default(2).describe("After how many failed checks a member counts as down."),
    rise: z.int().min(1).default(1).describe("After how many good checks a member counts as up again."),
    shutdownSessionsOnDown: z
      .boolean()
      .default(true)
      .describe("Whether connections to a member end when it goes down."),
    connectTimeout: time.default(500).describe("How long a connection to a member may take."),
    queueTimeout: time.default(500).describe("How long a request may wait for a free place at a member."),
    serverTimeout: time
      .default(4_000)
      .describe("How long the app may take to answer; keep it well under the client's own timeout."),
    retries: z.int().min(0).default(3).describe("How many times a request is retried."),
    redispatch: z.boolean().default(true).describe("Whether a retry may go to another replica."),
    retryOn: z
      .array(z.string().regex(/^[a-z0-9-]+$/, "a reason of HAProxy's retry-on"))
      .default(["conn-failure", "empty-response"])
      .describe("What is retried, as HAProxy's retry-on names it."),
    retryWrites: z
      .boolean()
      .default(false)
      .describe(
        "Whether a request other than GET and HEAD may be sent again after it may have been received: only for idempotent apps.",
      ),
    maxConnections: z.int().min(10).default(4_000).describe("HAProxy's maxconn."),
    replicaHeader: z
      .boolean()
      .default(false)
      .describe(
        "Whether each response of the app names its replica in the header x-gameday-replica, and a request that names one there goes to it while it is up.",
      ),
  });

const readiness = (time: Duration) =>
  z.strictObject({
    path: z.string().startsWith("/").default("/").describe("The path that answers when a replica can serve users."),
    status: z
      .string()
      .regex(/^\d{3}(-\d{3})?$/, 'a status or a range of statuses, such as "200" or "200-399"')
      .default("200-399")
      .describe('Statuses that mean ready, as a HAProxy pattern: "200" or "200-399".'),
    timeout: time.default(1_000).describe("How long one answer may take."),
    within: time.default(30_000).describe("How long a replica may take to become ready before the boot gives up."),
  });

const app = (time: Duration) =>
  z.strictObject({
    command: argv.describe(
      "Starts one replica: any HTTP server that listens on 0.0.0.0:$PORT. It runs in the directory, which is /srv/app inside.",
    ),
    directory: z
      .string()
      .default(".")
      .describe("What the app needs, relative to the plan; mounted read-only at /srv/app."),
    prepare: argv
      .nullable()
      .default(null)
      .describe("Runs once before the replicas, with the same environment: a schema migration."),
    prepareTimeout: time.default(60_000).describe("How long prepare may take."),
    replicas: z.int().min(1).max(30).default(3).describe("The replicas at the start."),
    maxReplicas: z
      .int()
      .min(1)
      .max(60)
      .default(12)
      .describe("The upper limit of scaling; HAProxy reserves slots for it at the start."),
    readiness: readiness(time).prefault({}).describe("When a replica counts as ready."),
    env: z
      .record(z.string(), z.string())
      .default({})
      .describe("Further variables of the app's environment, beside PORT, DATABASE_URL and REDIS_URL."),
    gracePeriod: time.default(10_000).describe("The time between SIGTERM and SIGKILL when a replica is stopped."),
    cpuRequestMillicores: z
      .int()
      .min(1)
      .default(500)
      .describe(
        "The CPU that one replica declares to need, in thousandths of a core; autoscaling compares usage with it.",
      ),
    autoscaler: autoscalerDocument
      .nullable()
      .default(null)
      .describe(
        "Written like the `spec` of a Kubernetes HorizontalPodAutoscaler; if null, nothing scales automatically.",
      ),
    user: z.string().default("nobody").describe("The user of this machine that runs the app."),
    maxUnavailable: z
      .int()
      .min(0)
      .default(1)
      .describe("The number of replicas that may be missing at a time while nodes are drained."),
  });

const labSchema = (time: Duration) =>
  z.strictObject({
    kind: z.literal("lab").describe("Three nodes of real parts on this machine."),
    port: z
      .int()
      .min(0)
      .max(65_535)
      .default(0)
      .describe("The port on 127.0.0.1 at which the app is reached; 0 takes any free one."),
    etcd: z
      .union([z.literal(1), z.literal(3)])
      .default(1)
      .describe("One etcd on the switch, or three: one on each node."),
    diskSize: size.default("1g").describe("The size of each node's disk."),
    postgres: postgres(time).prefault({}).describe("PostgreSQL with three members under Patroni."),
    redis: redis(time).prefault({}).describe("Redis with three members and three Sentinels."),
    haproxy: haproxy(time)
      .prefault({})
      .describe("The balancer in front of the app, and on each node in front of the stores."),
    app: app(time).describe("Your app."),
  });

/** The configuration as a plan contains it: a number without a unit is not a duration. */
export const labConfig = labSchema(duration);
/** The configuration as a plan contains it, or as it was resolved before. */
export const resolvedLabConfig = labSchema(resolvedDuration);

export type LabConfig = z.output<typeof labConfig>;

/** The time for everything that comes before the app: nodes, stores, their leaders, the proxy. */
const STORES_UP_MS = 90_000;

/**
 * Returns the longest time that a boot may take: its stores, and the times that the plan allows for the app's preparation and
 * readiness.
 */
export function upWithinMs({ app }: LabConfig): number {
  return STORES_UP_MS + (app.prepare === null ? 0 : app.prepareTimeout) + app.readiness.within;
}
