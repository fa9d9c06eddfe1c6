import assert from "node:assert/strict";
import { test } from "node:test";
import { latest, recoveryOf, type WitnessSample } from "./truth.ts";

/** Generates a beat every 10 ms that is answered 2 ms later. Beats that are sent within one of the spans fail. */
function beats(untilMs: number, ...down: readonly (readonly [number, number])[]): WitnessSample[] {
  return Array.from({ length: untilMs / 10 }, (_, at) => {
    const sentMs = at * 10;
    const ok = !down.some(([from, to]) => sentMs >= from && sentMs < to);
    return {
      class: "order-write",
      connection: "fresh" as const,
      replica: "n1-1",
      answeredBy: ok ? "n1-1" : null,
      sentMs,
      doneMs: sentMs + 2,
      ok,
    };
  });
}

test("the bracket reaches from the sending of the last failure to the completion of the next success", () => {
  assert.deepEqual(recoveryOf(beats(9_000, [1_000, 2_000]), 900, 8_000), {
    lowerMs: 1_990,
    upperMs: 2_002,
    failures: 100,
  });
});

test("a run without failures has no outage, and failures before or after the fault do not belong to it", () => {
  assert.equal(recoveryOf(beats(9_000), 900, 8_000), null);
  assert.equal(recoveryOf(beats(9_000, [100, 300], [8_500, 8_600]), 900, 8_000), null);
});

test("a relapse within three seconds, or one of three failures later, belongs to the same outage, and a later blip does not", () => {
  assert.equal(recoveryOf(beats(9_000, [1_000, 2_000], [4_000, 4_010]), 900, 8_000)?.lowerMs, 4_000);
  assert.equal(recoveryOf(beats(9_000, [1_000, 2_000], [6_000, 6_030]), 900, 8_000)?.lowerMs, 6_020);
  assert.equal(recoveryOf(beats(9_000, [1_000, 2_000], [6_000, 6_020]), 900, 8_000)?.lowerMs, 1_990);
});

test("an outage that never ends has no upper end, and the later of two streams counts", () => {
  const stuck = recoveryOf(beats(9_000, [1_000, 9_000]), 900, 8_000);
  assert.equal(stuck?.upperMs, null);
  const early = recoveryOf(beats(9_000, [1_000, 2_000]), 900, 8_000);
  const late = recoveryOf(beats(9_000, [1_000, 2_500]), 900, 8_000);
  assert.deepEqual(latest([early, null, late]), { lowerMs: 2_490, upperMs: 2_502, failures: 250 });
  assert.equal(latest([early, stuck])?.upperMs, null);
  assert.equal(latest([null, null]), null);
});
