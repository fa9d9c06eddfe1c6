import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { DEFAULT_STOP_PLAN, type StopPlan } from "../plan.ts";
import { SYNC_STANDBY } from "../platform.ts";
import { type Observation, StopWatch } from "./stop-condition.ts";
import { ask } from "./stop-probe.ts";

const watching = (more: Partial<StopPlan> = {}) => new StopWatch({ ...DEFAULT_STOP_PLAN, ...more });
const answer = (atMs: number, ok: boolean, name = "order-write"): Observation => ({
  atMs,
  is: "answer",
  class: name,
  ok,
});
const standby = (atMs: number, ok: boolean): Observation => ({
  atMs,
  is: "health",
  lines: [
    { id: "nodes", name: "nodes", ok: false, expected: "3", seen: "2" },
    { id: SYNC_STANDBY, name: "a standby by any name", ok, expected: "1 sync standby", seen: ok ? "n2" : "none" },
  ],
});

test("users without a success for five minutes stop the run, and one success restarts the count", () => {
  const watch = watching();
  assert.equal(watch.see(answer(0, false)), null);
  assert.equal(watch.see(answer(299_999, false)), null);
  assert.equal(watch.see(answer(299_999, true)), null);
  assert.equal(watch.see(answer(300_001, false)), null);
  const stop = watch.see(answer(600_001, false));
  assert.equal(stop?.condition, "not-recovered");
  assert.equal(stop?.because, 'users of "order-write": no success for 300 s, at most 300 s are allowed');
});

test("classes are counted separately: reads that work do not hide writes that do not", () => {
  const watch = watching();
  for (let atMs = 0; atMs < 300_000; atMs += 1_000) {
    assert.equal(watch.see(answer(atMs, false)), null);
    assert.equal(watch.see(answer(atMs, true, "read")), null);
  }
  assert.equal(watch.see(answer(300_000, false))?.condition, "not-recovered");
});

test("a sync standby that is missing for too long stops the run, and other health lines do not", () => {
  const watch = watching();
  assert.equal(watch.see(standby(0, false)), null);
  assert.equal(watch.see(standby(60_000, true)), null);
  assert.equal(watch.see(standby(61_000, false)), null);
  assert.match(watch.see(standby(181_000, false))?.because ?? "", /got none for 120 s/);
});

test("a condition that is switched off stops nothing", () => {
  const watch = watching({ notRecoveredMs: null, syncStandbyMissingMs: null });
  for (const sight of [answer(0, false), answer(1e9, false), standby(0, false), standby(1e9, false)])
    assert.equal(watch.see(sight), null);
});

test("error rate and latency stop the run when above their bound for too long, and seconds without requests do not count", () => {
  const watch = watching({ errorRate: { above: 0.5, forMs: 10_000 }, latency: { p95AboveMs: 2_000, forMs: 5_000 } });
  const load = (atMs: number, failedFraction: number | null, p95Ms: number | null) =>
    watch.see({ atMs, is: "load", failedFraction, p95Ms });
  assert.equal(load(0, 0.9, null), null);
  assert.equal(load(5_000, null, null), null);
  assert.equal(load(10_000, 0.6, 2_001)?.condition, "error-rate");
  assert.equal(load(10_001, 0.5, 2_001), null);
  assert.equal(load(15_000, 0, 9_000)?.because, "p95 of requests: over 2000 ms for 5 s, at most 5 s are allowed");
});

test("a probe of the plan stops the run when its answer stays bad", () => {
  const watch = watching({ probes: [{ name: "budget", everyMs: 1_000, forMs: 2_000, argv: ["false"] }] });
  const see = (atMs: number, ok: boolean, name = "budget") =>
    watch.see({ atMs, is: "probe", name, ok, seen: "exit 1" })?.condition ?? null;
  assert.deepEqual(
    [see(0, false), see(1_000, false), see(1_500, false, "other"), see(2_000, false)],
    [null, null, null, "probe budget"],
  );
});

test("commands are run and URLs are requested", async () => {
  const signal = new AbortController().signal;
  const times = { everyMs: 1, forMs: 1 };
  const command = (...argv: string[]) => ask({ name: "c", ...times, argv }, ".", signal);
  assert.deepEqual(await command("true"), { ok: true, seen: "exit 0" });
  assert.deepEqual(await command("false"), { ok: false, seen: "exit 1" });
  assert.equal((await command("no-such-program-here")).ok, false);
  const server = createServer((request, response) => response.writeHead(request.url === "/ok" ? 204 : 503).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const url = (path: string) => ask({ name: "u", ...times, url: `http://127.0.0.1:${port}${path}` }, ".", signal);
  assert.deepEqual(
    [await url("/ok"), await url("/bad")],
    [
      { ok: true, seen: "status 204 No Content" },
      { ok: false, seen: "status 503 Service Unavailable" },
    ],
  );
  await new Promise((resolve) => server.close(resolve));
  assert.equal((await url("/ok")).ok, false);
});
