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
const parameters = z.record(z.string().regex(/^[a-z][a-z0-9_.-]*$/), scalar).default({});
const argv = z.array(z.string()).min(1);
const size = z.string().regex(/^\d+[kmg]$/, 'a size such as "400m" or "2g"');

type Duration = typeof duration;

const postgres = (time: Duration) =>
  z.strictObject({
    /** Patroni's ttl, loop_wait and retry_timeout; Patroni requires ttl >= loopWait + 2 x retryTimeout. */
    ttl: time.default(8_000),
    loopWait: time.default(1_000),
    retryTimeout: time.default(3_000),
    synchronous: z.boolean().default(true),
    /** Whether to block writes rather than continue without a synchronous standby. */
    strict: z.boolean().default(false),
    failsafe: z.boolean().default(false),
    /** How long a crashed leader may take to restart in place before another is elected; 0: elect at once. */
    startTimeout: time.default(0),
    maximumLagOnFailoverBytes: z.int().min(0).default(1_048_576),
    parameters,
  });

const redis = (time: Duration) =>
  z.strictObject({
    downAfter: time.default(2_000),
    failoverTimeout: time.default(5_000),
    quorum: z.int().min(1).max(3).default(2),
    minReplicasToWrite: z.int().min(0).max(2).default(1),
    minReplicasMaxLag: time.default(2_000),
    appendOnly: z.boolean().default(true),
    parameters,
  });

const haproxy = (time: Duration) =>
  z.strictObject({
    /**
     * Whether the app's replicas are checked. The stores' members are always checked, because that is how their leader is found.
     */
    healthChecks: z.boolean().default(true),
    interval: time.default(500),
    fastInterval: time.default(200),
    fall: z.int().min(1).default(2),
    rise: z.int().min(1).default(1),
    shutdownSessionsOnDown: z.boolean().default(true),
    connectTimeout: time.default(500),
    queueTimeout: time.default(500),
    /** How long the app may take to answer; keep it well under the client's own timeout. */
    serverTimeout: time.default(4_000),
    retries: z.int().min(0).default(3),
    redispatch: z.boolean().default(true),
    retryOn: z.array(z.string().regex(/^[a-z0-9-]+$/)).default(["conn-failure", "empty-response"]),
    /** Whether a request other than GET and HEAD may be sent again after it may have been received: only for idempotent apps. */
    retryWrites: z.boolean().default(false),
    maxConnections: z.int().min(10).default(4_000),
  });

const app = (time: Duration) =>
  z.strictObject({
    /** Any HTTP server that listens on $PORT. It runs in the directory, which is /srv/app inside the nodes. */
    command: argv,
    directory: z.string().default("."),
    /** Runs once before the replicas, with the same environment: a schema migration. */
    prepare: argv.nullable().default(null),
    prepareTimeout: time.default(60_000),
    replicas: z.int().min(1).max(30).default(3),
    /** The upper limit of scaling; HAProxy reserves slots for it at the start. */
    maxReplicas: z.int().min(1).max(60).default(12),
    readiness: z
      .strictObject({
        path: z.string().startsWith("/").default("/"),
        /** Statuses that mean ready, as a HAProxy pattern: "200" or "200-399". */
        status: z
          .string()
          .regex(/^\d{3}(-\d{3})?$/)
          .default("200-399"),
        timeout: time.default(1_000),
        /** How long a replica may take to become ready before the boot gives up. */
        within: time.default(30_000),
      })
      .prefault({}),
    env: z.record(z.string(), z.string()).default({}),
    gracePeriod: time.default(10_000),
    /** The CPU that one replica declares to need, in thousandths of a core; autoscaling measures usage against it. */
    cpuRequestMillicores: z.int().min(1).default(500),
    /** Written like the `spec` of a Kubernetes HorizontalPodAutoscaler; null: nothing scales automatically. */
    autoscaler: autoscalerDocument.nullable().default(null),
    user: z.string().default("nobody"),
    /** The number of replicas that may be missing at a time while nodes are drained. */
    maxUnavailable: z.int().min(0).default(1),
  });

const labSchema = (time: Duration) =>
  z.strictObject({
    kind: z.literal("lab"),
    /** The port on 127.0.0.1 at which the app is reached; 0: any free one. */
    port: z.int().min(0).max(65_535).default(0),
    /** One etcd on the switch, or one on each node. */
    etcd: z.union([z.literal(1), z.literal(3)]).default(1),
    diskSize: size.default("1g"),
    postgres: postgres(time).prefault({}),
    redis: redis(time).prefault({}),
    haproxy: haproxy(time).prefault({}),
    app: app(time),
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
