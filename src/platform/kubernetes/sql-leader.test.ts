import assert from "node:assert/strict";
import { test } from "node:test";
import { isStreaming } from "../patroni.ts";
import { healthOf } from "./health.ts";
import { configOf, healthyLook } from "./kubernetes.fixture.ts";
import { runningLeader } from "./patroni.ts";
import { membersBySql, parsePosition, type SqlState } from "./sql-leader.ts";
import { topologyOf } from "./topology.ts";

const writer = (pod: string, timeline = "00000001"): SqlState => ({
  pod,
  inRecovery: false,
  walBytes: 5_000_000n,
  timeline,
  receiving: false,
});
const standby = (pod: string, more: Partial<SqlState> = {}): SqlState => ({
  pod,
  inRecovery: true,
  walBytes: 4_999_000n,
  timeline: "",
  receiving: true,
  ...more,
});

test("the member that takes writes leads, and those that receive its WAL stream", () => {
  const members = membersBySql([standby("pg-0"), writer("pg-1"), standby("pg-2")]);
  assert.equal(runningLeader(members), "pg-1");
  assert.deepEqual(members.map(isStreaming), [true, false, true]);
  assert.equal(members[0]?.lagBytes, 1000);
});

test("a platform whose leader is found by SQL has a target that leads, and is healthy", () => {
  const members = membersBySql([writer("pg-0"), standby("pg-1"), standby("pg-2")]);
  const seen = { ...healthyLook(), postgres: { members, synchronous: false } };
  const leaders = topologyOf(seen).filter(({ role, leader }) => role === "postgres" && leader);
  assert.deepEqual(
    leaders.map(({ id }) => id),
    ["postgres/pg-0"],
  );
  const unhealthy = healthOf(seen, configOf(), null).filter(({ ok }) => !ok);
  assert.deepEqual(unhealthy, []);
});

test("a standby that receives nothing, or is far behind, does not stream", () => {
  const behind = standby("pg-0", { walBytes: 1n });
  const members = membersBySql([
    behind,
    standby("pg-1", { receiving: false }),
    standby("pg-2", { walBytes: null }),
    writer("pg-3"),
  ]);
  assert.deepEqual(members.map(isStreaming), [false, false, false, false]);
});

test("an old leader that was cut off is outranked by the timeline; on one timeline nobody is believed", () => {
  const promoted = membersBySql([writer("pg-0", "00000009"), writer("pg-1", "0000000A")]);
  assert.equal(runningLeader(promoted), "pg-1");
  assert.equal(runningLeader(membersBySql([writer("pg-0"), writer("pg-1")])), undefined);
  assert.equal(runningLeader(membersBySql([standby("pg-0")])), undefined);
  assert.equal(runningLeader(membersBySql([])), undefined);
});

test("a position in the WAL is a number of bytes", () => {
  assert.equal(parsePosition("0/1501898"), 0x1501898n);
  assert.equal(parsePosition("16/B374D848"), 0x16b374d848n);
});
