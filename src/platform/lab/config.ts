/**
 * The plan's `platform:` section of kind `lab`. `{kind: lab, app: {command: [...]}}` is a working lab; everything else has
 * the default that was measured to keep acknowledged writes and to fail over fast (see docs/decisions/0010). A broken
 * platform is described by overriding it. Durations are milliseconds once parsed; parsing what was parsed changes nothing.
 */
import { z } from "zod";
import { autoscalerDocument } from "../../autoscaler/config.ts";
import { duration } from "../../plan/duration.ts";

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const parameters = z.record(z.string().regex(/^[a-z][a-z0-9_.-]*$/), scalar).default({});
const argv = z.array(z.string()).min(1);
const size = z.string().regex(/^\d+[kmg]$/, 'a size such as "400m" or "2g"');

const postgres = z.strictObject({
  /** Patroni's ttl, loop_wait and retry_timeout; Patroni asks that ttl >= loopWait + 2 x retryTimeout. */
  ttl: duration.default(8_000),
  loopWait: duration.default(1_000),
  retryTimeout: duration.default(3_000),
  synchronous: z.boolean().default(true),
  /** Block writes rather than go on without a synchronous standby. */
  strict: z.boolean().default(false),
  failsafe: z.boolean().default(false),
  /** How long a crashed leader may take to start again in place before another is elected; 0: elect at once. */
  startTimeout: duration.default(0),
  maximumLagOnFailoverBytes: z.int().min(0).default(1_048_576),
  parameters,
});

const redis = z.strictObject({
  downAfter: duration.default(2_000),
  failoverTimeout: duration.default(5_000),
  quorum: z.int().min(1).max(3).default(2),
  minReplicasToWrite: z.int().min(0).max(2).default(1),
  minReplicasMaxLag: duration.default(2_000),
  appendOnly: z.boolean().default(true),
  parameters,
});

const haproxy = z.strictObject({
  /** Of the app's replicas. The stores' members are always checked: that is how their leader is found. */
  healthChecks: z.boolean().default(true),
  interval: duration.default(500),
  fastInterval: duration.default(200),
  fall: z.int().min(1).default(2),
  rise: z.int().min(1).default(1),
  shutdownSessionsOnDown: z.boolean().default(true),
  connectTimeout: duration.default(500),
  queueTimeout: duration.default(500),
  /** The app's answer; keep it well under the client's own timeout. */
  serverTimeout: duration.default(4_000),
  retries: z.int().min(0).default(3),
  redispatch: z.boolean().default(true),
  retryOn: z.array(z.string().regex(/^[a-z0-9-]+$/)).default(["conn-failure", "empty-response"]),
  /** Whether a request other than GET and HEAD may be sent again after it may have been received: only for idempotent apps. */
  retryWrites: z.boolean().default(false),
  maxConnections: z.int().min(10).default(4_000),
});

const app = z.strictObject({
  /** Any HTTP server that listens on $PORT; run in the directory, found as /srv/app inside the nodes. */
  command: argv,
  directory: z.string().default("."),
  /** Run once before the replicas, with the same environment: a schema migration. */
  prepare: argv.nullable().default(null),
  prepareTimeout: duration.default(60_000),
  replicas: z.int().min(1).max(30).default(3),
  /** How far scaling may go; room for it is laid out in HAProxy at the start. */
  maxReplicas: z.int().min(1).max(60).default(12),
  readiness: z
    .strictObject({
      path: z.string().startsWith("/").default("/"),
      /** Statuses that mean ready, as a pattern of HAProxy: "200" or "200-399". */
      status: z
        .string()
        .regex(/^\d{3}(-\d{3})?$/)
        .default("200-399"),
      timeout: duration.default(1_000),
      /** How long a replica may take to become ready before boot gives up. */
      within: duration.default(30_000),
    })
    .prefault({}),
  env: z.record(z.string(), z.string()).default({}),
  gracePeriod: duration.default(10_000),
  /** CPU that one replica declares to need, in thousandths of a core; what autoscaling measures against. */
  cpuRequestMillicores: z.int().min(1).default(500),
  /** As the `spec` of a Kubernetes HorizontalPodAutoscaler; null: nothing scales by itself. */
  autoscaler: autoscalerDocument.nullable().default(null),
  user: z.string().default("nobody"),
  /** Replicas that may be missing at a time while nodes are drained. */
  maxUnavailable: z.int().min(0).default(1),
});

export const labConfig = z.strictObject({
  kind: z.literal("lab"),
  /** Port on 127.0.0.1 at which the app is reached; 0: any free one. */
  port: z.int().min(0).max(65_535).default(0),
  /** One etcd on the switch, or one on each node. */
  etcd: z.union([z.literal(1), z.literal(3)]).default(1),
  diskSize: size.default("1g"),
  postgres: postgres.prefault({}),
  redis: redis.prefault({}),
  haproxy: haproxy.prefault({}),
  app,
});

export type LabConfig = z.output<typeof labConfig>;
