/** What members report about themselves, parsed from the form in which they send it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isStreaming } from "../patroni.ts";
import { configOf, podOf } from "./kubernetes.fixture.ts";
import { parseMembers, runningLeader } from "./patroni.ts";
import { masterOf, parseReplication, podAt } from "./redis.ts";
import { containerOf, roleOf } from "./roles.ts";

test("Patroni's members are read whatever version wrote them", () => {
  const members = parseMembers({
    members: [
      { name: "pg-1", role: "replica", state: "streaming", lag: 0 },
      { name: "pg-0", role: "leader", state: "running" },
      { name: "pg-2", role: "sync_standby", state: "running", lag: 5_000_000 },
    ],
  });
  assert.equal(runningLeader(members), "pg-0");
  assert.deepEqual(members.map(isStreaming), [false, true, false], "a standby that is far behind is none");
  assert.deepEqual(parseMembers(null), []);
  assert.equal(runningLeader(parseMembers({ members: [{ name: "pg-0", role: "master", state: "running" }] })), "pg-0");
});

test("the master is whom most Sentinels name, if it says so of itself", () => {
  const member = (pod: string, role: string) => ({ pod, role, linkUp: true, onlineReplicas: 0 });
  const sentinel = (names: string | undefined) => ({ pod: "s", names, sentinels: 3, replicas: 2, flags: "" });
  const members = [member("redis-0", "master"), member("redis-1", "master"), member("redis-2", "slave")];
  const named = [sentinel("redis-1"), sentinel("redis-1"), sentinel("redis-0")];
  assert.equal(masterOf(members, named, true), "redis-1", "two say master: the cut off one is outvoted");
  assert.equal(
    masterOf(members, [sentinel("redis-2"), sentinel("redis-2")], true),
    undefined,
    "it does not say so yet",
  );
  assert.equal(masterOf(members, [sentinel(undefined)], true), undefined);
  const split = [sentinel("redis-0"), sentinel("redis-1")];
  assert.equal(masterOf(members, split, true), undefined, "each Sentinel names another: no majority, no master");
  assert.equal(masterOf([member("redis-0", "master")], [], false), "redis-0");
  assert.equal(masterOf(members, [], false), undefined, "without Sentinels two masters are none");
});

test("a Sentinel names its master by address or by host name", () => {
  const pods = [
    podOf("redis-1", "w", { status: { podIP: "10.78.1.4" } }),
    podOf("redis-10", "w", { status: { podIP: "10.78.1.5" } }),
  ];
  assert.equal(podAt("10.78.1.4", pods), "redis-1");
  assert.equal(podAt("redis-1.redis.shop.svc.cluster.local", pods), "redis-1");
  assert.equal(podAt("redis-10", pods), "redis-10");
  assert.equal(podAt("10.0.0.99", pods), undefined);
});

test("INFO replication tells a replica with its link from a master with its replicas", () => {
  const slave = parseReplication(
    "redis-1",
    "# Replication\r\nrole:slave\r\nmaster_host:x\r\nmaster_link_status:up\r\n",
  );
  assert.deepEqual(slave, { pod: "redis-1", role: "slave", linkUp: true, onlineReplicas: 0 });
  const master = parseReplication(
    "redis-0",
    "role:master\nslave0:ip=a,port=1,state=online\nslave1:ip=b,port=1,state=wait_bgsave\n",
  );
  assert.equal(master.onlineReplicas, 1);
  assert.equal(parseReplication("redis-2", "").role, "silent");
  assert.equal(parseReplication("dragonfly-1", "role:replica\r\n").role, "slave", "Dragonfly's word");
});

test("roles are by label, and the app's by its Deployment: another one whose name begins alike is not the app", () => {
  const owned = (name: string, set: string) => {
    const pod = podOf(name, "w");
    const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: set, uid: "u", controller: true };
    return { ...pod, metadata: { ...pod.metadata, ownerReferences: [owner] } };
  };
  const config = configOf({ others: { proxy: { app: "haproxy" } } });
  assert.equal(roleOf(config, owned("shop-84ffb6b9-x", "shop-84ffb6b9")), "app");
  assert.equal(roleOf(config, owned("shop-admin-84ffb6b9-x", "shop-admin-84ffb6b9")), null);
  assert.equal(roleOf(config, podOf("pg-0", "w", { labels: { app: "pg" } })), "postgres");
  assert.equal(roleOf(config, podOf("haproxy-1", "w", { labels: { app: "haproxy" } })), "proxy");
  assert.equal(containerOf(config, "redis", podOf("redis-0", "w")), "redis");
  assert.equal(containerOf(config, "proxy", podOf("haproxy-1", "w")), "postgres");
});
