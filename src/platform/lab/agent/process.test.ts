import assert from "node:assert/strict";
import { test } from "node:test";
import { belonging, parseStat, processTable } from "./process.ts";
import type { ProcessRow } from "./protocol.ts";

const row = (pid: number, parent: number, session: number, uid = 1): ProcessRow => ({
  pid,
  parent,
  session,
  uid,
  state: "S",
  command: "x",
  cpuMs: 0,
});

test("a command may contain brackets and blanks", () => {
  const line = "42 (a) b (c)) S 7 42 40 0 -1 4194560 1 0 0 0 100 20 3 4 20 0 1 0 99";
  assert.deepEqual(parseStat(line, 5), {
    pid: 42,
    command: "a) b (c)",
    state: "S",
    parent: 7,
    session: 40,
    uid: 5,
    cpuMs: 1270,
  });
  assert.equal(parseStat("no brackets", 0), null);
});

test("descendants, the session and an owned user belong to a service, and nothing else does", () => {
  const table = [row(10, 1, 10), row(11, 10, 10), row(12, 11, 12), row(13, 1, 10), row(20, 1, 20), row(30, 1, 30, 101)];
  const pids = (found: ProcessRow[]) => found.map((one) => one.pid);
  assert.deepEqual(pids(belonging(table, 10, null)), [10, 11, 12, 13]);
  assert.deepEqual(pids(belonging(table, 10, 101)), [10, 11, 12, 13, 30]);
  assert.deepEqual(pids(belonging(table, null, null)), []);
});

test("this process is in the table", () => {
  assert.ok(processTable().some((one) => one.pid === process.pid && one.cpuMs > 0));
});
