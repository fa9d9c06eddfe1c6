import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeRedis, encodeRedis } from "../ask.ts";
import { pairs } from "../redis.ts";
import { labConfig } from "./config.ts";
import { parseReplication, redisConfig, sentinelConfig } from "./redis.ts";

const config = labConfig.parse({
  kind: "lab",
  app: { command: ["x"] },
  redis: { minReplicasToWrite: 0, downAfter: "3s", parameters: { maxmemory: "64mb", activedefrag: false } },
});

test("a master reports its online replicas, and a replica its master", () => {
  const master =
    "# Replication\r\nrole:master\r\nslave0:ip=10.88.0.2,state=online\r\nslave1:ip=10.88.0.3,state=wait_bgsave\r\n";
  assert.deepEqual(parseReplication(master), {
    role: "master",
    masterNode: undefined,
    linkUp: false,
    onlineReplicas: 1,
  });
  const replica = "role:slave\r\nmaster_host:10.88.0.2\r\nmaster_link_status:up\r\n";
  assert.deepEqual(parseReplication(replica), { role: "slave", masterNode: "n2", linkUp: true, onlineReplicas: 0 });
});

test("the plan's settings are in the files", () => {
  assert.match(redisConfig(config, "n1"), /^min-replicas-to-write 0$/m);
  assert.match(redisConfig(config, "n1"), /^activedefrag no$/m);
  assert.match(sentinelConfig(config, "n2"), /^sentinel down-after-milliseconds lab 3000$/m);
  assert.doesNotMatch(sentinelConfig(config, "n2"), /\{\{/);
});

test("answers are read only when they are complete", () => {
  const whole = Buffer.from("*2\r\n$2\r\nok\r\n:7\r\n");
  assert.deepEqual(decodeRedis(whole, 0)?.value, ["ok", 7]);
  for (let cut = 1; cut < whole.length; cut++) assert.equal(decodeRedis(whole.subarray(0, cut), 0), null);
  assert.equal(decodeRedis(Buffer.from("$-1\r\n"), 0)?.value, null);
  assert.ok(decodeRedis(Buffer.from("-ERR no\r\n"), 0)?.value instanceof Error);
  assert.equal(encodeRedis(["SET", "é"]), "*2\r\n$3\r\nSET\r\n$2\r\né\r\n");
});

test("flat lists become pairs", () => {
  assert.deepEqual(pairs(["name", "lab", "flags", "master"]), { name: "lab", flags: "master" });
});
