/** Databases as the operators and charts deploy them: labels, containers and ports of their newest versions. For tests. */

import { barePods, container, deployment, recordedOf, statefulSet } from "./recorded.fixture.ts";
import type { ListedObjects } from "./recorded.ts";

const CRUNCHY = "postgres-operator.crunchydata.com";

/** Patroni and Redis as in examples/jewelry-shop/kubernetes/base; Patroni 3 writes `role`. */
export const byHand = recordedOf(
  statefulSet("pg", {
    labels: { app: "pg" },
    containers: [container("postgres", 5432, 8008)],
    podLabels: (index) => ({ role: index === 0 ? "master" : "replica" }),
  }),
  statefulSet("redis", {
    labels: { app: "redis" },
    containers: [container("redis", 6379), container("sentinel", 26_379)],
  }),
);

export const zalando = recordedOf(
  statefulSet("acid-shop", {
    labels: { application: "spilo", "cluster-name": "acid-shop", team: "acid" },
    containers: [container("postgres", 8008, 5432, 8080), container("exporter", 9187)],
    podLabels: (index) => ({ "spilo-role": index === 1 ? "master" : "replica" }),
  }),
  // Its pooler is a Deployment in front of the same port.
  deployment("acid-shop-pooler", {
    labels: { application: "db-connection-pooler", "cluster-name": "acid-shop" },
    containers: [container("connection-pooler", 5432)],
    replicas: 2,
  }),
);

export const cloudNativePg = barePods("shop-db", {
  labels: { "cnpg.io/cluster": "shop-db", "cnpg.io/podRole": "instance" },
  containers: [container("postgres", { postgresql: 5432, metrics: 9187, status: 8000 })],
  podLabels: (index) => ({
    "cnpg.io/instanceRole": index === 0 ? "primary" : "replica",
    role: index === 0 ? "primary" : "replica",
  }),
});

export const crunchy = recordedOf(
  ...["abcd", "efgh", "ijkl"].map((id, index) => {
    const own = {
      [`${CRUNCHY}/cluster`]: "hippo",
      [`${CRUNCHY}/data`]: "postgres",
      [`${CRUNCHY}/instance`]: `hippo-00-${id}`,
    };
    return statefulSet(`hippo-00-${id}`, {
      labels: { ...own, [`${CRUNCHY}/patroni`]: "hippo-ha" },
      containers: [container("database", { postgres: 5432, patroni: 8008 }), container("replication-cert-copy")],
      replicas: 1,
      podLabels: () => ({ [`${CRUNCHY}/role`]: index === 0 ? "master" : "replica" }),
    });
  }),
  deployment("hippo-pgbouncer", {
    labels: { [`${CRUNCHY}/cluster`]: "hippo", [`${CRUNCHY}/role`]: "pgbouncer" },
    containers: [container("pgbouncer", { pgbouncer: 5432 })],
  }),
  statefulSet("hippo-repo-host", {
    labels: { [`${CRUNCHY}/cluster`]: "hippo", [`${CRUNCHY}/data`]: "pgbackrest" },
    containers: [container("pgbackrest")],
    replicas: 1,
  }),
);

export const percona = recordedOf(
  ...[0, 1, 2].map((index) =>
    statefulSet(`cluster1-instance1-${index}`, {
      labels: {
        "app.kubernetes.io/managed-by": "percona-postgresql-operator",
        "app.kubernetes.io/name": "percona-postgresql",
        [`${CRUNCHY}/cluster`]: "cluster1",
        [`${CRUNCHY}/patroni`]: "cluster1-ha",
      },
      containers: [container("database", { postgres: 5432, patroni: 8008 })],
      replicas: 1,
      podLabels: () => ({ [`${CRUNCHY}/role`]: index === 0 ? "primary" : "replica" }),
    }),
  ),
);

export const stackGres = statefulSet("shop-sg", {
  labels: { app: "StackGresCluster", "stackgres.io/cluster": "true", "stackgres.io/cluster-name": "shop-sg" },
  containers: [
    container("patroni", { patroniport: 8008 }),
    container("envoy", { pgport: 7432 }),
    container("pgbouncer"),
  ],
  podLabels: (index) => ({ role: index === 2 ? "primary" : "replica" }),
});

const kubeBlocksLabels = (component: string) => ({
  "app.kubernetes.io/managed-by": "kubeblocks",
  "app.kubernetes.io/instance": "shop",
  "apps.kubeblocks.io/component-name": component,
});

export const kubeBlocks = recordedOf(
  statefulSet("shop-postgresql", {
    labels: kubeBlocksLabels("postgresql"),
    containers: [
      container("postgresql", { "tcp-postgresql": 5432, patroni: 8008 }),
      container("pgbouncer", 6432),
      container("lorry", 3501),
    ],
    podLabels: (index) => ({ "kubeblocks.io/role": index === 0 ? "primary" : "secondary" }),
  }),
  statefulSet("shop-redis", {
    labels: kubeBlocksLabels("redis"),
    containers: [container("redis", { redis: 6379 }), container("metrics", 9121)],
    podLabels: (index) => ({ "kubeblocks.io/role": index === 0 ? "primary" : "secondary" }),
  }),
  statefulSet("shop-redis-sentinel", {
    labels: kubeBlocksLabels("redis-sentinel"),
    containers: [container("redis-sentinel", { "redis-sentinel": 26_379 })],
  }),
  statefulSet("shop-mysql", { labels: kubeBlocksLabels("mysql"), containers: [container("mysql", { mysql: 3306 })] }),
);

const bitnami = (name: string, component: string) => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/instance": "my",
  "app.kubernetes.io/component": component,
});

export const bitnamiPostgresHa = recordedOf(
  statefulSet("my-postgresql-ha-postgresql", {
    labels: { ...bitnami("postgresql-ha", "postgresql"), role: "data" },
    containers: [container("postgresql", { postgresql: 5432 })],
  }),
  deployment("my-postgresql-ha-pgpool", {
    labels: bitnami("postgresql-ha", "pgpool"),
    containers: [container("pgpool", { postgresql: 5432 })],
    replicas: 1,
  }),
);

export const bitnamiRedis = statefulSet("my-redis-node", {
  labels: bitnami("redis", "node"),
  containers: [
    container("redis", { redis: 6379 }),
    container("sentinel", { "redis-sentinel": 26_379 }),
    container("metrics", { metrics: 9121 }),
  ],
});

export const dandyRedisHa = recordedOf(
  statefulSet("my-redis-ha-server", {
    labels: { app: "redis-ha", release: "my" },
    containers: [
      container("redis", { redis: 6379 }),
      container("sentinel", { sentinel: 26_379 }),
      container("split-brain-fix"),
    ],
  }),
  deployment("my-redis-ha-haproxy", {
    labels: { app: "redis-ha-haproxy", release: "my" },
    containers: [container("haproxy", { redis: 6379 })],
  }),
);

/** The operator declares ports only for pods on the host's network, so there are none. */
export const otRedis = recordedOf(
  statefulSet("shop-redis", {
    labels: { app: "shop-redis", redis_setup_type: "replication", role: "replication" },
    containers: [container("shop-redis"), container("redis-exporter", { "redis-exporter": 9121 })],
    podLabels: (index) => ({ "redis-role": index === 0 ? "master" : "slave" }),
  }),
  statefulSet("shop-watch-sentinel", {
    labels: { app: "shop-watch-sentinel", redis_setup_type: "sentinel", role: "sentinel" },
    containers: [container("shop-watch-sentinel")],
  }),
);

const spotahomeLabels = (component: string, name: string) => ({
  "app.kubernetes.io/component": component,
  "app.kubernetes.io/part-of": "redis-failover",
  "redisfailovers.databases.spotahome.com/name": name,
});

export const spotahome = recordedOf(
  statefulSet("rfr-shop", {
    labels: spotahomeLabels("redis", "shop"),
    containers: [container("redis", { redis: 6379 })],
    podLabels: (index) => ({ "redisfailovers-role": index === 0 ? "master" : "slave" }),
  }),
  deployment("rfs-shop", {
    labels: spotahomeLabels("sentinel", "shop"),
    containers: [container("sentinel", { sentinel: 26_379 })],
  }),
  deployment("rfs-other", {
    labels: spotahomeLabels("sentinel", "other"),
    containers: [container("sentinel", { sentinel: 26_379 })],
  }),
);

export const dragonfly = statefulSet("shop-dragonfly", {
  labels: { app: "shop-dragonfly", "app.kubernetes.io/name": "dragonfly" },
  containers: [container("dragonfly", { redis: 6379, admin: 9999 })],
  podLabels: (index) => ({ role: index === 0 ? "master" : "replica" }),
});

/** Healthy workloads that only look like databases. */
export const lookAlikes: Partial<ListedObjects> = recordedOf(
  deployment("postgres-exporter", {
    labels: { app: "postgres-exporter" },
    containers: [container("postgres-exporter", 9187)],
    replicas: 1,
  }),
  deployment("redis", {
    labels: { app: "redis-cache-warmer", role: "master" },
    containers: [container("redis")],
    replicas: 1,
  }),
  deployment("pgbouncer", { labels: { app: "pgbouncer", role: "data" }, containers: [container("pgbouncer", 5432)] }),
  statefulSet("postgres-backup", {
    labels: { app: "postgres-backup", role: "master" },
    containers: [container("backup", 8080)],
    replicas: 1,
  }),
);
