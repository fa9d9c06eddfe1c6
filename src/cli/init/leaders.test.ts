import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import type { Recorded } from "../../platform/kubernetes/discover/recorded.ts";
import { bitnamiPostgresHa, byHand, dandyRedisHa } from "../../platform/kubernetes/discover/stores.fixture.ts";
import { storesOf } from "../../platform/kubernetes/discover/stores.ts";
import { Doors } from "../../platform/kubernetes/doors.ts";
import { bulk, type FakeCluster, fakeCluster, list, redis, rest } from "./cluster.fixture.ts";
import { askPostgres, askRedis, loginsFrom } from "./leaders.ts";

const SIGNAL = new AbortController().signal;

async function ask(recorded: Recorded, pods: NonNullable<FakeCluster["pods"]>, env: Record<string, string> = {}) {
  const { postgres, redis: caches } = storesOf(recorded);
  await using doors = new Doors(fakeCluster({ recorded, pods }));
  const [database, cache] = [postgres[0], caches[0]];
  return {
    postgres: database && (await askPostgres(doors, database, loginsFrom(env), SIGNAL)),
    redis: cache && (await askRedis(doors, cache, loginsFrom(env), SIGNAL)),
  };
}

/** Returns a PostgreSQL that lets everybody in and answers each statement with one boolean. */
function postgres(inRecovery: boolean) {
  const message = (type: string, body: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length + 4);
    return Buffer.concat([Buffer.from(type), length, body]);
  };
  const ready = message("Z", Buffer.from("I"));
  const column = Buffer.concat([Buffer.from("\0\x01b\0"), Buffer.from("000000000000000000100001ffffffff0000", "hex")]);
  const row = Buffer.concat([Buffer.from("000100000001", "hex"), Buffer.from(inRecovery ? "t" : "f")]);
  const answer = [message("T", column), message("D", row), message("C", Buffer.from("SELECT 1\0")), ready];
  return () =>
    createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.once("data", () => {
        socket.write(Buffer.concat([message("R", Buffer.alloc(4)), ready]));
        socket.on("data", (data) => data[0] === 81 && socket.write(Buffer.concat(answer)));
      });
    });
}

const SQL = { PGUSER: "shop", PGPASSWORD: "secret" };
const bySql = (...inRecovery: readonly boolean[]) =>
  Object.fromEntries(inRecovery.map((one, index) => [`my-postgresql-ha-postgresql-${index}:5432`, postgres(one)]));

test("by SQL the leader is the one member that is not in recovery", async () => {
  const { postgres: asked } = await ask(bitnamiPostgresHa, bySql(true, false, true), SQL);
  assert.equal(asked?.leader, "my-postgresql-ha-postgresql-1");
  assert.match(asked?.because.join() ?? "", /pg_is_in_recovery\(\) is false/);
});

test("two that both lead, none that leads, and no login are questions", async () => {
  const questions = async (pods: ReturnType<typeof bySql>, env: Record<string, string>) =>
    (await ask(bitnamiPostgresHa, pods, env)).postgres?.questions.join();
  assert.match((await questions(bySql(false, false, true), SQL)) ?? "", /-0 and .*-1 all say that they lead/);
  assert.match((await questions(bySql(true, true, true), SQL)) ?? "", /^No member says by SQL that it leads/);
  assert.match((await questions({}, SQL)) ?? "", /^No member says by SQL that it leads/);
  assert.match((await questions(bySql(true, false, true), {})) ?? "", /demands a login.*PGUSER and PGPASSWORD/);
});

test("a member that Patroni lists as leader and that does not confirm it does not lead", async () => {
  const members = [{ name: "pg-0", role: "leader", state: "running" }];
  const listing = rest({ "/cluster": { members }, "/config": {} });
  const { postgres: asked } = await ask(byHand, { "pg-0:8008": listing, "pg-1:8008": listing });
  assert.equal(asked?.leader, null);
  assert.match(asked?.questions.join() ?? "", /No member confirms that it leads/);
});

const replication = (role: string) => redis({ "INFO replication": bulk(`role:${role}\r\n`) });
const sentinelThatNames = (pod: string) =>
  redis({
    "SENTINEL MASTERS": list(list(bulk("name"), bulk("mymaster"))),
    "SENTINEL MASTER mymaster": list(bulk("ip"), bulk(pod), bulk("flags"), bulk("master")),
  });

test("Sentinels that each name another master are a split brain, and nobody leads", async () => {
  const pods = Object.fromEntries(
    ["redis-0", "redis-1", "redis-2"].flatMap((pod) => [
      [`${pod}:6379`, replication("master")],
      [`${pod}:26379`, sentinelThatNames(pod)],
    ]),
  );
  const { redis: asked } = await ask(byHand, pods);
  assert.equal(asked?.leader, null);
  assert.match(asked?.questions.join() ?? "", /redis-0, redis-1 and redis-2 report role:master, and no majority/);
});

test("a second master that the Sentinels do not name is a question", async () => {
  const { redis: asked } = await ask(byHand, {
    "redis-0:6379": replication("master"),
    "redis-1:6379": replication("master"),
    "redis-2:6379": replication("slave"),
    "redis-0:26379": sentinelThatNames("redis-1"),
    "redis-1:26379": sentinelThatNames("redis-1"),
    "redis-2:26379": sentinelThatNames("redis-1"),
  });
  assert.equal(asked?.leader, "redis-1");
  assert.match(asked?.questions.join() ?? "", /^redis-0 reports role:master as well\. Is this a split brain\?/);
});

test("without Sentinels the only master leads", async () => {
  const pods = Object.fromEntries(
    ["slave", "master", "slave"].map((role, index) => [`my-redis-ha-server-${index}:6379`, replication(role)]),
  );
  const { redis: asked } = await ask(dandyRedisHa, pods);
  assert.deepEqual([asked?.leader, asked?.masterSet], ["my-redis-ha-server-1", null]);
});
