import assert from "node:assert/strict";
import { test } from "node:test";
import { NODES } from "./addresses.ts";
import { layOutSlots, leaving, spread } from "./app.ts";
import { labConfig, resolvedLabConfig } from "./config.ts";
import { haproxyConfig, isUp, parseStatistics } from "./haproxy.ts";

const config = labConfig.parse({ kind: "lab", app: { command: ["x"], maxReplicas: 10 } });
const slots = layOutSlots(config);
const open = new Set(NODES);
const names = (chosen: readonly { name: string }[]) => chosen.map((slot) => slot.name);

test("there is room for all replicas on two nodes", () => {
  assert.equal(slots.filter((slot) => slot.node === "n1").length, 5);
  assert.equal(spread(slots, new Set(), new Set(["n1", "n3"]), 10).length, 10);
  assert.equal(spread(slots, new Set(), new Set(["n1"]), 10).length, 5);
});

test("replicas are spread over the nodes, and leave the fullest node first", () => {
  assert.deepEqual(names(spread(slots, new Set(), open, 3)), ["n1-1", "n2-1", "n3-1"]);
  assert.deepEqual(names(spread(slots, new Set(["n1-1", "n2-1"]), open, 2)), ["n3-1", "n1-2"]);
  const held = slots.filter((slot) => ["n1-1", "n2-1", "n2-2", "n3-1"].includes(slot.name));
  assert.deepEqual(names(leaving(held, 1)), ["n2-2"]);
});

test("slots without a replica start disabled, and no placeholder is left", () => {
  const text = haproxyConfig(
    config,
    slots.map((slot) => ({ ...slot, state: slot.name === "n1-1" ? ("ready" as const) : ("maint" as const) })),
  );
  assert.match(text, /server n1-1 10\.88\.0\.1:8101 check$/m);
  assert.match(text, /server n2-1 10\.88\.0\.2:8101 check disabled$/m);
  assert.doesNotMatch(text, /\{\{/);
});

test("without health checks no replica of the app is checked, and the stores' leaders are still found", () => {
  const broken = resolvedLabConfig.parse({ ...config, haproxy: { healthChecks: false } });
  const text = haproxyConfig(broken, [{ ...(slots[0] ?? assert.fail()), state: "ready" }]);
  assert.match(text, /server n1-1 10\.88\.0\.1:8101$/m);
  assert.doesNotMatch(text, /http-check send meth GET/);
  assert.equal([...text.matchAll(/^ {2}server n\d 10\.88\.0\.\d:\d+ check/gm)].length, 6);
});

test("a client learns and chooses its replica only if the plan enables it", () => {
  const ready = slots.slice(0, 2).map((slot) => ({ ...slot, state: "ready" as const }));
  assert.doesNotMatch(haproxyConfig(config, ready), /x-gameday-replica/);
  const text = haproxyConfig(resolvedLabConfig.parse({ ...config, haproxy: { replicaHeader: true } }), ready);
  assert.match(text, /http-response set-header x-gameday-replica %s/);
  assert.equal([...text.matchAll(/use-server (\S+) if \{ req\.hdr\(x-gameday-replica\) -m str \1 \}/g)].length, 2);
});

test("if writes need replicas, a Redis master that has lost them is not up", () => {
  const check = (redis: object) => {
    const text = haproxyConfig(labConfig.parse({ kind: "lab", app: { command: ["x"] }, redis }), []);
    return new RegExp(/tcp-check expect rstring (\S+)/.exec(text)?.[1] ?? "role:master");
  };
  const info = (good: number) =>
    `# Replication\r\nrole:master\r\nconnected_slaves:2\r\nmin_slaves_good_slaves:${good}\r\nslave0:ip=10.88.0.2\r\n`;
  assert.match(info(1), check({}));
  assert.doesNotMatch(info(0), check({}));
  assert.doesNotMatch(info(1), check({ minReplicasToWrite: 2 }));
  assert.match(info(0), check({ minReplicasToWrite: 0 }));
  assert.doesNotMatch(info(2).replace("role:master", "role:slave"), check({}));
});

test("statistics are read by the names of their columns", () => {
  const text =
    "# pxname,svname,scur,status,\napp,FRONTEND,1,OPEN,\napp,n1-1,2,UP,\napp,n2-1,0,MAINT,\napp,BACKEND,2,UP,\n";
  const rows = parseStatistics(text);
  assert.deepEqual(names(rows.map((row) => ({ name: row.server }))), ["n1-1", "n2-1"]);
  assert.deepEqual(rows.map(isUp), [true, false]);
  assert.equal(rows[0]?.sessions, 2);
});
