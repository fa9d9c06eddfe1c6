import assert from "node:assert/strict";
import { test } from "node:test";
import { PodLog } from "./pod-log.ts";

const replica = (pid: number | null, cpuMs: number, ready = true) => ({ replica: "app/n1-1", pid, cpuMs, ready });

test("usage is what was used since the last sync", () => {
  const log = new PodLog();
  log.see(0, [replica(7, 1_000)]);
  log.see(10_000, [replica(7, 3_000)]);
  assert.deepEqual(log.samples(500)[0]?.usage, { milli: 200, atMs: 10_000, windowMs: 10_000 });
  log.see(14_000, [replica(7, 5_000)]);
  const [sample] = log.samples(500);
  assert.deepEqual(sample?.usage, { milli: 500, atMs: 14_000, windowMs: 4_000 });
  assert.equal(sample?.requestMilli, 500);
});

test("a process that was restarted is measured from the first look at it, and is the same pod", () => {
  const log = new PodLog();
  log.see(0, [replica(7, 9_000)]);
  log.see(1_000, [replica(null, 0, false)]);
  assert.equal(log.samples(500)[0]?.usage, null);
  log.see(2_000, [replica(8, 300, false)]);
  log.see(4_000, [replica(8, 500)]);
  const [sample] = log.samples(500);
  assert.deepEqual(sample?.usage, { milli: 100, atMs: 4_000, windowMs: 2_000 });
  assert.deepEqual([sample?.startedAtMs, sample?.readyChangedAtMs, sample?.ready], [0, 4_000, true]);
});

test("a replica that is gone is forgotten, and a later one of the same name is another pod", () => {
  const log = new PodLog();
  log.see(0, [replica(7, 9_000)]);
  log.see(1_000, []);
  assert.deepEqual(log.samples(500), []);
  log.see(9_000, [replica(9, 10)]);
  assert.equal(log.samples(500)[0]?.startedAtMs, 9_000);
});

test("a window that is too short to measure has no usage", () => {
  const log = new PodLog();
  log.see(0, [replica(7, 0)]);
  log.see(100, [replica(7, 100)]);
  assert.equal(log.samples(500)[0]?.usage, null);
});
