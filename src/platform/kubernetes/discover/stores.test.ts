import assert from "node:assert/strict";
import { test } from "node:test";
import { recordedOf, shop } from "./recorded.fixture.ts";
import type { ListedObjects } from "./recorded.ts";
import * as recorded from "./stores.fixture.ts";
import { type Store, storesOf } from "./stores.ts";

const found = (...parts: readonly Partial<ListedObjects>[]) => storesOf(recordedOf(shop(), ...parts));
const short = ({ operator, labels, container, members, sentinels }: Store) => ({
  name: operator.name,
  asked: operator.leader,
  labels,
  container,
  members: members.length,
  sentinels: sentinels?.labels === null ? "beside" : (sentinels?.labels ?? "none"),
});

const CRUNCHY = "postgres-operator.crunchydata.com";
const POSTGRES: readonly (readonly [string, Partial<ListedObjects>, object])[] = [
  ["Patroni without an operator", recorded.byHand, { asked: "patroni", labels: { app: "pg" }, container: "postgres" }],
  [
    "Zalando postgres-operator (Spilo)",
    recorded.zalando,
    { asked: "patroni", labels: { application: "spilo", "cluster-name": "acid-shop" }, container: "postgres" },
  ],
  [
    "CloudNativePG",
    recorded.cloudNativePg,
    { asked: "sql", labels: { "cnpg.io/podRole": "instance", "cnpg.io/cluster": "shop-db" }, container: "postgres" },
  ],
  [
    "Crunchy PGO",
    recorded.crunchy,
    {
      asked: "sql",
      labels: { [`${CRUNCHY}/cluster`]: "hippo", [`${CRUNCHY}/patroni`]: "hippo-ha" },
      container: "database",
    },
  ],
  [
    "Percona Operator for PostgreSQL",
    recorded.percona,
    {
      asked: "sql",
      labels: {
        "app.kubernetes.io/managed-by": "percona-postgresql-operator",
        [`${CRUNCHY}/cluster`]: "cluster1",
        [`${CRUNCHY}/patroni`]: "cluster1-ha",
      },
      container: "database",
    },
  ],
  [
    "StackGres",
    recorded.stackGres,
    {
      asked: "patroni",
      labels: { app: "StackGresCluster", "stackgres.io/cluster": "true", "stackgres.io/cluster-name": "shop-sg" },
      container: "patroni",
    },
  ],
  [
    "KubeBlocks (PostgreSQL)",
    recorded.kubeBlocks,
    {
      asked: "patroni",
      labels: {
        "app.kubernetes.io/managed-by": "kubeblocks",
        "app.kubernetes.io/instance": "shop",
        "apps.kubeblocks.io/component-name": "postgresql",
      },
      container: "postgresql",
    },
  ],
  [
    "Bitnami postgresql-ha (repmgr)",
    recorded.bitnamiPostgresHa,
    {
      asked: "sql",
      labels: {
        "app.kubernetes.io/name": "postgresql-ha",
        "app.kubernetes.io/component": "postgresql",
        "app.kubernetes.io/instance": "my",
      },
      container: "postgresql",
    },
  ],
];

for (const [name, objects, expected] of POSTGRES)
  test(`PostgreSQL by ${name} is found, and nothing else is taken for PostgreSQL`, () => {
    const stores = found(objects, recorded.lookAlikes).postgres;
    assert.deepEqual(stores.map(short), [{ name, members: 3, sentinels: "none", ...expected }]);
    assert.deepEqual(stores[0]?.questions, []);
  });

const SPOTAHOME = "redisfailovers.databases.spotahome.com/name";
const REDIS: readonly (readonly [string, Partial<ListedObjects>, object])[] = [
  [
    "Redis with Sentinel, without an operator",
    recorded.byHand,
    { asked: "sentinel", labels: { app: "redis" }, container: "redis", sentinels: "beside" },
  ],
  [
    "Bitnami redis with Sentinel",
    recorded.bitnamiRedis,
    {
      asked: "sentinel",
      labels: {
        "app.kubernetes.io/name": "redis",
        "app.kubernetes.io/component": "node",
        "app.kubernetes.io/instance": "my",
      },
      container: "redis",
      sentinels: "beside",
    },
  ],
  [
    "DandyDeveloper redis-ha",
    recorded.dandyRedisHa,
    { asked: "role", labels: { app: "redis-ha", release: "my" }, container: "redis", sentinels: "none" },
  ],
  [
    "OT redis-operator",
    recorded.otRedis,
    {
      asked: "sentinel",
      labels: { redis_setup_type: "replication", role: "replication", app: "shop-redis" },
      container: "shop-redis",
      sentinels: { redis_setup_type: "sentinel", role: "sentinel", app: "shop-watch-sentinel" },
    },
  ],
  [
    "spotahome redis-operator",
    recorded.spotahome,
    {
      asked: "sentinel",
      labels: { "app.kubernetes.io/component": "redis", [SPOTAHOME]: "shop" },
      container: "redis",
      sentinels: { "app.kubernetes.io/component": "sentinel", [SPOTAHOME]: "shop" },
    },
  ],
  [
    "Dragonfly",
    recorded.dragonfly,
    {
      asked: "role",
      labels: { "app.kubernetes.io/name": "dragonfly", app: "shop-dragonfly" },
      container: "dragonfly",
      sentinels: "none",
    },
  ],
  [
    "KubeBlocks (Redis)",
    recorded.kubeBlocks,
    {
      asked: "sentinel",
      labels: {
        "app.kubernetes.io/managed-by": "kubeblocks",
        "app.kubernetes.io/instance": "shop",
        "apps.kubeblocks.io/component-name": "redis",
      },
      container: "redis",
      sentinels: {
        "app.kubernetes.io/managed-by": "kubeblocks",
        "app.kubernetes.io/instance": "shop",
        "apps.kubeblocks.io/component-name": "redis-sentinel",
      },
    },
  ],
];

for (const [name, objects, expected] of REDIS)
  test(`Redis by ${name} is found, and nothing else is taken for Redis`, () => {
    const stores = found(objects, recorded.lookAlikes).redis;
    assert.deepEqual(stores.map(short), [{ name, members: 3, ...expected }]);
    assert.deepEqual(stores[0]?.questions, []);
  });

test("a namespace of look-alikes has no database", () => {
  assert.deepEqual(found(recorded.lookAlikes), { postgres: [], redis: [] });
});

test("Dragonfly's role=master is not PostgreSQL, and Bitnami's role=data names no leader", () => {
  assert.deepEqual(found(recorded.dragonfly).postgres, []);
  assert.match(found(recorded.bitnamiPostgresHa).postgres[0]?.because.join(" ") ?? "", /role=data .* says nothing/);
});

test("what was tested by fixtures only says so, and what a real cluster has seen does too", () => {
  assert.match(found(recorded.zalando).postgres[0]?.because.join(" ") ?? "", /tested with this setup by fixtures only/);
  assert.match(found(recorded.byHand).postgres[0]?.because.join(" ") ?? "", /tested on a real cluster with examples/);
});

test("of two clusters the larger one comes first, and neither takes the other's members", () => {
  const { postgres } = found(recorded.zalando, recorded.byHand, recorded.cloudNativePg);
  assert.deepEqual(
    postgres.map(({ members }) => members.length),
    [3, 3, 3],
  );
  assert.equal(new Set(postgres.flatMap(({ members }) => members.map(({ metadata }) => metadata.name))).size, 9);
});

test("labels that strangers carry as well are a question", () => {
  const [pod] = recorded.byHand.pods;
  assert.ok(pod);
  const stranger = {
    ...pod,
    metadata: { ...pod.metadata, name: "pg-client" },
    spec: { containers: [{ name: "psql" }] },
  };
  const [store] = found(recorded.byHand, { pods: [stranger] }).postgres;
  assert.equal(store?.members.length, 3);
  assert.match(store?.questions.join() ?? "", /also on pods without that container \(pg-client\)/);
});

test("Sentinels in a workload of their own are found by its selector", async () => {
  const { container, deployment, statefulSet } = await import("./recorded.fixture.ts");
  const { redis } = found(
    statefulSet("cache", { labels: { app: "cache" }, containers: [container("redis", 6379)] }),
    deployment("watch", { labels: { app: "watch" }, containers: [container("sentinel", 26_379)] }),
  );
  assert.deepEqual(redis.map(short)[0]?.sentinels, { app: "watch" });
});
