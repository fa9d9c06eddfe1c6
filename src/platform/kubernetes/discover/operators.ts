/**
 * The operators and charts that discovery knows. Labels only find the candidates; who leads is asked of the members, because
 * `role=master` is written by several operators with different meanings, and the pod of a lost leader keeps it.
 *
 * The labels are those of the operators' own sources, read in 2026.
 */
import type { Labels } from "./recorded.ts";

/** How to find a container: by its own name, by the pod's label that holds its name, or by the port that it declares. */
export type ContainerRule = { readonly named: string } | { readonly label: string } | { readonly port: number };

export interface SentinelRule {
  /** Absent: the Sentinels are in the pods of Redis. */
  readonly labels?: Labels;
  /** Keys whose values are taken over from the Sentinels' pods. */
  readonly instance?: readonly string[];
  /** Keys whose values the pods of Redis and the Sentinels share. */
  readonly shared?: readonly string[];
  readonly container: ContainerRule;
  /** The name of the master set unless the Sentinels report another. */
  readonly master: string;
}

export interface Operator {
  readonly name: string;
  readonly system: "postgres" | "redis";
  /** Labels with the same values on every member. */
  readonly labels: Labels;
  /** Keys of labels that every member has, and whose values tell clusters apart. */
  readonly instance: readonly string[];
  readonly container: ContainerRule;
  /** The source that names the leader: Patroni's REST API, PostgreSQL, the Sentinels and each Redis, or each Redis alone. */
  readonly leader: "patroni" | "sql" | "sentinel" | "role";
  readonly sentinel?: SentinelRule;
  /** Whether it was broken by Gameday on a real cluster. All others are known from recorded API objects only. */
  readonly testedOn: "cluster" | "fixtures";
  /** What a person must know about it, in complete sentences. */
  readonly caveats?: readonly string[];
}

const TLS_ONLY =
  "This operator offers Patroni's REST API only over TLS with its own CA, so PostgreSQL is asked instead.";
const CRUNCHY = "postgres-operator.crunchydata.com";

const POSTGRES: readonly Operator[] = [
  {
    name: "Zalando postgres-operator (Spilo)",
    system: "postgres",
    labels: { application: "spilo" },
    instance: ["cluster-name"],
    container: { named: "postgres" },
    leader: "patroni",
    testedOn: "fixtures",
    caveats: ["The names of these labels can be configured in the operator."],
  },
  {
    name: "CloudNativePG",
    system: "postgres",
    labels: { "cnpg.io/podRole": "instance" },
    instance: ["cnpg.io/cluster"],
    container: { named: "postgres" },
    leader: "sql",
    testedOn: "fixtures",
    caveats: [
      "Its pods have no StatefulSet, and the operator recreates them.",
      "Its own PodDisruptionBudget makes a drain of the primary's node wait until the operator has switched over.",
    ],
  },
  {
    name: "Percona Operator for PostgreSQL",
    system: "postgres",
    labels: { "app.kubernetes.io/managed-by": "percona-postgresql-operator" },
    instance: [`${CRUNCHY}/cluster`, `${CRUNCHY}/patroni`],
    container: { named: "database" },
    leader: "sql",
    testedOn: "fixtures",
    caveats: [TLS_ONLY],
  },
  {
    name: "Crunchy PGO",
    system: "postgres",
    labels: {},
    instance: [`${CRUNCHY}/cluster`, `${CRUNCHY}/patroni`],
    container: { named: "database" },
    leader: "sql",
    testedOn: "fixtures",
    caveats: [TLS_ONLY, "It runs one StatefulSet of one pod for each member."],
  },
  {
    name: "StackGres",
    system: "postgres",
    labels: { app: "StackGresCluster", "stackgres.io/cluster": "true" },
    instance: ["stackgres.io/cluster-name"],
    container: { named: "patroni" },
    leader: "patroni",
    testedOn: "fixtures",
  },
  {
    name: "KubeBlocks (PostgreSQL)",
    system: "postgres",
    labels: { "app.kubernetes.io/managed-by": "kubeblocks" },
    instance: ["app.kubernetes.io/instance", "apps.kubeblocks.io/component-name"],
    container: { port: 5432 },
    leader: "patroni",
    testedOn: "fixtures",
  },
  {
    name: "Bitnami postgresql-ha (repmgr)",
    system: "postgres",
    labels: { "app.kubernetes.io/name": "postgresql-ha", "app.kubernetes.io/component": "postgresql" },
    instance: ["app.kubernetes.io/instance"],
    container: { named: "postgresql" },
    leader: "sql",
    testedOn: "fixtures",
    caveats: ["The label role=data is on all of its members and says nothing about the leader."],
  },
];

const REDIS: readonly Operator[] = [
  {
    name: "Bitnami redis with Sentinel",
    system: "redis",
    labels: { "app.kubernetes.io/name": "redis", "app.kubernetes.io/component": "node" },
    instance: ["app.kubernetes.io/instance"],
    container: { named: "redis" },
    leader: "sentinel",
    sentinel: { container: { named: "sentinel" }, master: "mymaster" },
    testedOn: "fixtures",
  },
  {
    name: "DandyDeveloper redis-ha",
    system: "redis",
    labels: { app: "redis-ha" },
    instance: ["release"],
    container: { named: "redis" },
    leader: "role",
    testedOn: "fixtures",
    caveats: [
      "Its Sentinels announce addresses of Services, which name no pod, so the plan leaves them out and asks each Redis for its role.",
    ],
  },
  {
    name: "OT redis-operator",
    system: "redis",
    labels: { redis_setup_type: "replication", role: "replication" },
    instance: ["app"],
    container: { label: "app" },
    leader: "sentinel",
    sentinel: {
      labels: { redis_setup_type: "sentinel", role: "sentinel" },
      instance: ["app"],
      container: { label: "app" },
      master: "myMaster",
    },
    testedOn: "fixtures",
    caveats: [
      "Its label role=replication names the kind of setup, and its label redis-role lags behind; neither tells who leads.",
    ],
  },
  {
    name: "spotahome redis-operator",
    system: "redis",
    labels: { "app.kubernetes.io/component": "redis" },
    instance: ["redisfailovers.databases.spotahome.com/name"],
    container: { named: "redis" },
    leader: "sentinel",
    sentinel: {
      labels: { "app.kubernetes.io/component": "sentinel" },
      instance: ["redisfailovers.databases.spotahome.com/name"],
      shared: ["redisfailovers.databases.spotahome.com/name"],
      container: { named: "sentinel" },
      master: "mymaster",
    },
    testedOn: "fixtures",
  },
  {
    name: "Dragonfly",
    system: "redis",
    labels: { "app.kubernetes.io/name": "dragonfly" },
    instance: ["app"],
    container: { named: "dragonfly" },
    leader: "role",
    testedOn: "fixtures",
    caveats: ["Its operator alone decides who leads; it has no Sentinel."],
  },
  {
    name: "KubeBlocks (Redis)",
    system: "redis",
    labels: { "app.kubernetes.io/managed-by": "kubeblocks" },
    instance: ["app.kubernetes.io/instance", "apps.kubeblocks.io/component-name"],
    container: { port: 6379 },
    leader: "sentinel",
    sentinel: {
      labels: { "app.kubernetes.io/managed-by": "kubeblocks" },
      instance: ["app.kubernetes.io/instance", "apps.kubeblocks.io/component-name"],
      shared: ["app.kubernetes.io/instance"],
      container: { port: 26_379 },
      master: "mymaster",
    },
    testedOn: "fixtures",
  },
];

/** All that is known, the more specific labels first: the first row that fits a pod is taken. */
export const OPERATORS: readonly Operator[] = [...POSTGRES, ...REDIS];
