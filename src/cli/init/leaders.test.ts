import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import type { ListedObjects } from "../../platform/kubernetes/discover/recorded.ts";
import { bitnamiPostgresHa, byHand, dandyRedisHa } from "../../platform/kubernetes/discover/stores.fixture.ts";
import { storesOf } from "../../platform/kubernetes/discover/stores.ts";
import { Doors } from "../../platform/kubernetes/doors.ts";
import { bulk, type FakeCluster, fakeCluster, list, redis, rest } from "./cluster.fixture.ts";
import { askPostgres, askRedis, loginsFrom } from "./leaders.ts";

const SIGNAL = new AbortController().signal;

async function ask(recorded: ListedObjects, pods: NonNullable<FakeCluster["pods"]>, env: Record<string, string> = {}) {
  const { postgres, redis: caches } = storesOf(recorded);
  await using doors = new Doors(fakeCluster({ recorded, pods }));
  const [database, cache] = [postgres[0], caches[0]];
  return {
    postgres: database && (await askPostgres(doors, database, loginsFrom(env), SIGNAL)),
    redis: cache && (await askRedis(doors, cache, loginsFrom(env), SIGNAL)),
  };
}

/** Returns a PostgreSQL that lets everybody in and answers each statement with the state of a standby or of a writer. */
function postgres(timeline: string | null) {
  const state = timeline === null ? ["t", "0/1501000", "", "1"] : ["f", "0/1501898", timeline, "0"];
  const ready = message("Z", Buffer.from("I"));
  const answer = [rowDescription([16, 25, 25, 23]), dataRow(state), message("C", Buffer.from("SELECT 1\0")), ready];
  return () =>
    createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.once("data", () => {
        socket.write(Buffer.concat([message("R", Buffer.alloc(4)), ready]));
        socket.on("data", (data) => data.toString("latin1", 0, 1) === "Q" && socket.write(Buffer.concat(answer)));
      });
    });
}

function message(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function rowDescription(types: readonly number[]): Buffer {
  const columns = types.map((type) =>
    Buffer.concat([Buffer.from("c\0"), Buffer.alloc(6), int32(type), Buffer.alloc(8)]),
  );
  return message("T", Buffer.concat([int16(types.length), ...columns]));
}

function dataRow(values: readonly string[]): Buffer {
  const fields = values.map((value) => Buffer.concat([int32(value.length), Buffer.from(value)]));
  return message("D", Buffer.concat([int16(values.length), ...fields]));
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

const SQL = { PGUSER: "shop", PGPASSWORD: "secret" };
const bySql = (...timelines: readonly (string | null)[]) =>
  Object.fromEntries(timelines.map((one, index) => [`my-postgresql-ha-postgresql-${index}:5432`, postgres(one)]));

test("by SQL the leader is the only member that accepts writes", async () => {
  const { postgres: asked } = await ask(bitnamiPostgresHa, bySql(null, "00000001", null), SQL);
  assert.equal(asked?.leader, "my-postgresql-ha-postgresql-1");
  assert.match(asked?.because.join() ?? "", /pg_is_in_recovery\(\) is false/);
  assert.deepEqual(asked?.questions, []);
});

test("an old leader that still accepts writes is on an older timeline, and causes a question", async () => {
  const { postgres: asked } = await ask(bitnamiPostgresHa, bySql("00000009", "0000000A", null), SQL);
  assert.equal(asked?.leader, "my-postgresql-ha-postgresql-1");
  assert.match(asked?.questions.join() ?? "", /-0 accepts writes on an older timeline/);
});

test("two leaders, no leader and a missing login cause questions", async () => {
  const questions = async (pods: ReturnType<typeof bySql>, env: Record<string, string>) =>
    (await ask(bitnamiPostgresHa, pods, env)).postgres?.questions.join() ?? "";
  assert.match(await questions(bySql("00000001", "00000001", null), SQL), /-0 and .*-1 all accept writes on the same/);
  assert.match(await questions(bySql(null, null, null), SQL), /^No member accepts writes/);
  assert.match(await questions({}, SQL), /^No member answered by SQL/);
  assert.match(await questions(bySql(null, "00000001", null), {}), /demands a login.*PGUSER and PGPASSWORD/);
});

test("a member that Patroni lists as leader but that does not confirm it is not the leader", async () => {
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

test("Sentinels that each name another master are a split brain, and there is no leader", async () => {
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

test("a second master that the Sentinels do not name causes a question", async () => {
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

test("without Sentinels the only master is the leader", async () => {
  const pods = Object.fromEntries(
    ["slave", "master", "slave"].map((role, index) => [`my-redis-ha-server-${index}:6379`, replication(role)]),
  );
  const { redis: asked } = await ask(dandyRedisHa, pods);
  assert.deepEqual([asked?.leader, asked?.masterSet], ["my-redis-ha-server-1", null]);
});
