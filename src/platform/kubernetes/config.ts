/** What a plan states about a platform on Kubernetes: which cluster and namespace, and which pods have which role. */
import { z } from "zod";

const name = z.string().regex(/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/, "a name as Kubernetes allows it");
const labels = z.record(z.string(), z.string()).refine((given) => Object.keys(given).length > 0, "at least one label");
const port = z.int().min(1).max(65_535);

const app = z.strictObject({
  /** The Deployment whose pods serve users. */
  deployment: name,
  /** The container that serves users; default: the first. */
  container: name.optional(),
});

const postgres = z.strictObject({
  /** Labels that all members carry, and nothing else does. */
  pods: labels,
  container: name,
  /** The source that identifies the leader: Patroni's REST API, or PostgreSQL itself by SQL, which needs `user`. */
  leader: z.enum(["patroni", "sql"]).default("patroni"),
  port: port.default(5432),
  patroniPort: port.default(8008),
  members: z.int().min(1).default(3),
  /** For the ledger by SQL, and for `leader: sql`. */
  database: z.string().default("postgres"),
  user: z.string().optional(),
  password: z.string().optional(),
});

const redis = z.strictObject({
  pods: labels,
  container: name,
  port: port.default(6379),
  members: z.int().min(1).default(3),
  user: z.string().optional(),
  password: z.string().optional(),
  /** Absent when there are no Sentinels; the master is then the member that reports this role. */
  sentinel: z
    .strictObject({
      container: name,
      /** Default: the pods of Redis. */
      pods: labels.optional(),
      port: port.default(26_379),
      /** The name of the master set. */
      master: z.string().default("mymaster"),
      sentinels: z.int().min(1).default(3),
      password: z.string().optional(),
    })
    .optional(),
});

export const kubernetesConfig = z.strictObject({
  kind: z.literal("kubernetes"),
  /** The context of the kubeconfig. Gameday never acts on another one, whichever is current. */
  context: z.string().min(1),
  namespace: name,
  /** The base URL at which users reach the app: a NodePort, an Ingress, a load balancer; never a port-forward. */
  endpoint: z.url(),
  app,
  postgres: postgres.optional(),
  redis: redis.optional(),
  /** Other pods that faults may hit, by a role of your own: { proxy: { app: haproxy } }. */
  others: z.record(z.string().regex(/^[a-z][a-z-]{0,30}$/), labels).default({}),
  /** The HorizontalPodAutoscaler of the Deployment; null when there is none. */
  autoscaler: name.nullable().default(null),
  /** A Gameday image that the nodes can pull: for ephemeral containers, the reaper and load workers. */
  image: z.string().min(1).optional(),
  /**
   * A ServiceAccount of the namespace with the rights that `gameday init --rbac` prints. With it and an image, two pods in the
   * cluster undo the cordons of a run that died; null: only `gameday heal` and this machine's watchdog do so.
   */
  serviceAccount: name.nullable().default(null),
  /** The namespace once more, typed by hand, when it does not carry the label gameday/allowed=true. */
  allow: z
    .strictObject({
      namespace: name.optional(),
      /** Nodes of the control plane that may be hit nevertheless. A small k3s cluster has no others. */
      controlPlaneNodes: z.array(name).default([]),
    })
    .prefault({}),
});

export type KubernetesConfig = z.output<typeof kubernetesConfig>;
export type PostgresConfig = NonNullable<KubernetesConfig["postgres"]>;
export type RedisConfig = NonNullable<KubernetesConfig["redis"]>;
