import assert from "node:assert/strict";
import { test } from "node:test";
import { isStreaming } from "../patroni.ts";
import { labConfig } from "./config.ts";
import { leaderOf, parseCluster, patroniConfig } from "./postgres.ts";

const answer = {
  members: [
    { name: "n3", role: "leader", state: "running", timeline: 1 },
    { name: "n1", role: "sync_standby", state: "streaming", timeline: 1, lag: 0 },
    { name: "n2", role: "replica", state: "stopped", lag: "unknown" },
    { name: "stranger", role: "replica", state: "streaming", lag: 0 },
  ],
};

test("members are ordered by node, and unknown members are left out", () => {
  assert.deepEqual(
    parseCluster(answer).map((member) => `${member.node} ${member.role}`),
    ["n1 sync_standby", "n2 replica", "n3 leader"],
  );
});

test("a leader must run, and a standby that does not stream does not count", () => {
  const members = parseCluster(answer);
  assert.equal(leaderOf(members), "n3");
  assert.deepEqual(members.map(isStreaming), [true, false, false]);
  assert.equal(leaderOf(parseCluster({ members: [{ name: "n1", role: "leader", state: "stopped" }] })), undefined);
  assert.deepEqual(parseCluster({}), []);
});

test("settings of the plan take precedence, in Patroni's units", () => {
  const config = labConfig.parse({
    kind: "lab",
    app: { command: ["x"] },
    postgres: { ttl: "30s", synchronous: false, parameters: { max_connections: 33 } },
  });
  const written = JSON.parse(patroniConfig(config, "n2", "/bin"));
  assert.equal(written.name, "n2");
  assert.equal(written.bootstrap.dcs.ttl, 30);
  assert.equal(written.bootstrap.dcs.synchronous_mode, false);
  assert.equal(written.bootstrap.dcs.postgresql.parameters.max_connections, 33);
  assert.equal(written.bootstrap.dcs.postgresql.parameters.wal_log_hints, "on");
  assert.deepEqual(written.etcd3.hosts, ["10.88.0.254:2379"]);
});
