import assert from "node:assert/strict";
import { test } from "node:test";
import { StopWatch } from "../../fault/stop-condition.ts";
import { DEFAULT_STOP_PLAN } from "../../plan.ts";
import type { Standbys } from "./member.ts";
import { SyncStandbyCheck } from "./sync-standby.ts";

const whole: Standbys = { demanded: true, synchronous: 1, hidden: 0 };
const okOf = (check: SyncStandbyCheck, leader: Standbys | undefined) => check.lines(leader).map(({ ok }) => ok);

test("a database that demands no synchronous standby has no check of one", () => {
  const check = new SyncStandbyCheck();
  assert.deepEqual(check.lines({ demanded: false, synchronous: 0, hidden: 0 }), []);
  assert.deepEqual(check.lines(undefined), []);
});

test("if one is demanded, a missing standby shows, even without a leader or after Patroni has dropped the demand", () => {
  const check = new SyncStandbyCheck();
  assert.deepEqual(okOf(check, whole), [true]);
  assert.deepEqual(okOf(check, undefined), [false]);
  assert.deepEqual(okOf(check, { demanded: true, synchronous: 0, hidden: 0 }), [false]);
  assert.deepEqual(okOf(check, { demanded: false, synchronous: 0, hidden: 0 }), [false]);
});

test("a standby that the leader does not show to this user is not held against the platform", () => {
  const [line] = new SyncStandbyCheck().lines({ demanded: true, synchronous: 0, hidden: 2 });
  assert.equal(line?.ok, true);
  assert.match(line?.seen ?? "", /pg_monitor/);
});

test("the default stop condition on a missing synchronous standby works on platform external", () => {
  const [check, watch] = [new SyncStandbyCheck(), new StopWatch(DEFAULT_STOP_PLAN)];
  const see = (atMs: number, leader: Standbys) => watch.see({ atMs, is: "health", lines: check.lines(leader) });
  assert.equal(see(0, whole), null);
  assert.equal(see(1_000, { ...whole, synchronous: 0 }), null);
  assert.equal(see(121_000, { ...whole, synchronous: 0 })?.condition, "sync-standby-missing");
});
