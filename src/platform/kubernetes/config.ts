/** What a plan states about a platform on Kubernetes: which cluster and namespace, and which pods have which role. */
import { z } from "zod";

const name = z.string().regex(/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/, "a name as Kubernetes allows it");
const labels = z.record(z.string(), z.string()).refine((given) => Object.keys(given).length > 0, "at least one label");
const port = z.int().min(1).max(65_535);

const app = z.strictObject({
  deployment: name.describe("The Deployment whose pods serve users."),
  container: name.optional().describe("The container that serves users; default: the first."),
});

const postgres = z.strictObject({
  pods: labels.describe("Labels that all members carry, and nothing else does."),
  container: name.describe("The container in which PostgreSQL runs."),
  leader: z
    .enum(["patroni", "sql"])
    .default("patroni")
    .describe("What identifies the leader: Patroni's REST API, or PostgreSQL itself by SQL, which needs `user`."),
  port: port.default(5432).describe("PostgreSQL's port."),
  patroniPort: port.default(8008).describe("The port of Patroni's REST API."),
  members: z.int().min(1).default(3).describe("The number of members of a healthy cluster."),
  database: z.string().default("postgres").describe("The database for the ledger by SQL, and for `leader: sql`."),
  user: z.string().optional().describe("The user for the same."),
  password: z.string().optional().describe("The password for the same; keep it in the environment."),
});

const sentinel = z.strictObject({
  container: name.describe("The container in which Sentinel runs."),
  pods: labels.optional().describe("The pods that have it; default: the pods of Redis."),
  port: port.default(26_379).describe("Sentinel's port."),
  master: z.string().default("mymaster").describe("The name of the master set."),
  sentinels: z.int().min(1).default(3).describe("The number of Sentinels of a healthy cluster."),
  password: z.string().optional().describe("Sentinel's own password; keep it in the environment."),
});

const redis = z.strictObject({
  pods: labels.describe("Labels that all members carry, and nothing else does."),
  container: name.describe("The container in which Redis runs."),
  port: port.default(6379).describe("Redis' port."),
  members: z.int().min(1).default(3).describe("The number of members of a healthy cluster."),
  user: z.string().optional().describe("The user to log in as; default: Redis' default user."),
  password: z.string().optional().describe("The password; keep it in the environment."),
  sentinel: sentinel
    .optional()
    .describe("Leave it out when there are no Sentinels; the master is then the member that reports this role."),
});

const argv = z.array(z.string().min(1)).min(1);

const nodeCommands = z.strictObject({
  powerOff: argv.optional().describe("Ends a node at once, as a power cut does."),
  powerOn: argv.optional().describe("Starts it again."),
  cut: argv.optional().describe("Takes the node's network card down."),
  uncut: argv.optional().describe("Takes it up again."),
});

const allow = z.strictObject({
  namespace: name
    .optional()
    .describe("The namespace once more, typed by hand, when it does not carry the label gameday/allowed=true."),
  controlPlaneNodes: z
    .array(name)
    .default([])
    .describe("Nodes of the control plane that may be hit nevertheless. A small k3s cluster has no others."),
});

export const kubernetesConfig = z.strictObject({
  kind: z.literal("kubernetes").describe("A platform on Kubernetes."),
  context: z
    .string()
    .min(1)
    .describe("The context of the kubeconfig. Gameday never acts on another one, whichever is current."),
  namespace: name.describe("The namespace of the platform."),
  endpoint: z
    .url()
    .describe(
      "The base URL at which users reach the app: a NodePort, an Ingress, a load balancer; never a port-forward.",
    ),
  entries: z
    .array(z.url())
    .max(5)
    .default([])
    .describe(
      "Further base URLs of the same app, through other nodes. They show whether the node of `endpoint` was lost, or the app.",
    ),
  inside: z
    .url()
    .optional()
    .describe(
      "The base URL at which pods reach the app. A pod of `image` then asks there, to tell a lost entry from a lost app.",
    ),
  app: app.describe("The app."),
  postgres: postgres.optional().describe("PostgreSQL, if faults or ledgers concern it."),
  redis: redis.optional().describe("Redis, if faults concern it."),
  others: z
    .record(z.string().regex(/^[a-z][a-z-]{0,30}$/, "a role in lower case"), labels)
    .default({})
    .describe("Other pods that faults may hit, by a role of your own: { proxy: { app: haproxy } }."),
  autoscaler: name
    .nullable()
    .default(null)
    .describe("The HorizontalPodAutoscaler of the Deployment; null when there is none."),
  image: z
    .string()
    .min(1)
    .optional()
    .describe("A Gameday image that the nodes can pull: for ephemeral containers, the reaper and load workers."),
  serviceAccount: name
    .nullable()
    .default(null)
    .describe(
      "A ServiceAccount with the rights that `gameday init --rbac` prints: two pods then undo the cordons of a run that died.",
    ),
  nodeCommands: nodeCommands
    .optional()
    .describe(
      'Commands of your own, run in the plan\'s folder, for what no API of Kubernetes does to a node: [my-cloud, stop, "{node}"].',
    ),
  cuts: z
    .enum(["nft", "network-policy"])
    .default("nft")
    .describe(
      "How pods are cut off: by nft inside them, which needs NET_ADMIN, or by a NetworkPolicy, which stops new connections only.",
    ),
  allow: allow.prefault({}).describe("Consent to what is refused otherwise."),
});

export type KubernetesConfig = z.output<typeof kubernetesConfig>;
export type PostgresConfig = NonNullable<KubernetesConfig["postgres"]>;
export type RedisConfig = NonNullable<KubernetesConfig["redis"]>;
