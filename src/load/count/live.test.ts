import assert from "node:assert/strict";
import { test } from "node:test";
import { IDLE_HEALTH } from "../../interval/interval.fixture.ts";
import type { Interval } from "../../interval.ts";
import { Histogram } from "../../std/histogram.ts";
import { LiveView } from "./live.ts";

/** Returns one second of a worker, with one request for each latency. */
function second(worker: string, number: number, latenciesMs: readonly number[], failed = 0): Interval {
  const histogram = new Histogram();
  for (const latency of latenciesMs) histogram.record(latency);
  const metrics = [
    { metric: "http_req_duration{name:/}", failed, ...histogram.snapshot() },
    { metric: "http_req_duration_of_something_else", failed, ...histogram.snapshot() },
  ];
  const time = { sequence: number, fromMs: number * 1_000, toMs: number * 1_000 + 1_000 };
  return { worker, epoch: 1, ...time, users: 5, usersIntended: 6, dropped: 1, metrics, health: IDLE_HEALTH };
}

test("rates of workers add up over their own last three seconds", () => {
  const view = new LiveView();
  for (let number = 0; number < 6; number++) {
    view.add(second("w0", number, number < 3 ? [1] : [1, 1]));
    view.add(second("w1", number, [1, 1, 1]));
  }
  const { requestsPerSecond, users, usersIntended, workers, requests, dropped } = view.now();
  assert.equal(requestsPerSecond, 5);
  assert.deepEqual({ users, usersIntended, workers }, { users: 10, usersIntended: 12, workers: 2 });
  assert.deepEqual({ requests, dropped }, { requests: 27, dropped: 12 });
});

test("latency and failures are those of the last ten seconds", () => {
  const view = new LiveView();
  view.add(second("w0", 0, [500, 500], 2));
  for (let number = 1; number <= 10; number++) view.add(second("w0", number, [20]));
  const { p95Ms, failedFraction, failed } = view.now();
  assert.equal(p95Ms, 20);
  assert.equal(failedFraction, 0);
  assert.equal(failed, 2);
});

test("what a lost worker did stays in view until ten seconds have passed, its users do not", () => {
  const view = new LiveView();
  view.add(second("w0", 0, [500]));
  view.forget("w0");
  view.add(second("w1", 0, [20]));
  assert.equal(view.now().users, 5);
  assert.equal(view.now().p95Ms, 500);
  view.add(second("w1", 10, [20]));
  assert.equal(view.now().p95Ms, 20);
});
