import assert from "node:assert/strict";
import { test } from "node:test";
import type { Operation } from "../history.ts";
import { ServedWatch } from "./served.ts";

function beat(over: { ok: boolean; atMs: number; process?: string; class?: string; probe?: boolean }): Operation {
  const { ok, atMs, process = "probes", class: name = "order-write", probe = true } = over;
  return {
    id: `${atMs}`,
    process,
    object: "orders",
    kind: "add",
    input: null,
    outcome: ok ? { type: "ok", output: null } : { type: "unknown", code: "timeout" },
    intendedAtMs: atMs - 1,
    invokedAtMs: atMs - 1,
    completedAtMs: atMs,
    ...(probe ? { probe: { class: name, connection: "kept" as const } } : {}),
  } as Operation;
}

test("users count as served once no probe has failed for three seconds", () => {
  const watch = new ServedWatch();
  assert.deepEqual(watch.failing(0), [], "without probes no failure is known");
  watch.operation(beat({ ok: false, atMs: 1_000 }));
  watch.operation(beat({ ok: true, atMs: 1_050 }));
  assert.deepEqual(watch.failing(3_999), ["order-write/kept"], "one success does not end it");
  assert.deepEqual(watch.failing(4_000), []);
});

test("a failure that is reported late does not shorten the wait", () => {
  const watch = new ServedWatch();
  watch.operation(beat({ ok: false, atMs: 5_000 }));
  watch.operation(beat({ ok: false, atMs: 2_000 }));
  assert.deepEqual(watch.failing(7_000), ["order-write/kept"]);
});

test("the load's own requests and probes inside an isolated node do not count", () => {
  const watch = new ServedWatch();
  watch.operation(beat({ ok: false, atMs: 1_000, probe: false }));
  watch.operation(beat({ ok: false, atMs: 1_000, process: "inside/1/n1" }));
  assert.deepEqual(watch.failing(1_001), []);
});
