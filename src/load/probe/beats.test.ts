import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../std/random.ts";
import { Beats } from "./beats.ts";

const EVERY_MS = 50;

/** Returns the first `count` due times of a stream. */
function dueTimes(seed: string, count: number, firstMs = 0): number[] {
  const beats = new Beats(firstMs, EVERY_MS, seededRandom(seed));
  return Array.from({ length: count }, () => beats.next());
}

test("each beat comes in the first three quarters of its period, at another moment each time, and a seed repeats them", () => {
  const due = dueTimes("7", 200);
  for (const [period, atMs] of due.entries()) {
    const withinMs = atMs - period * EVERY_MS;
    assert.ok(withinMs >= 0 && withinMs < 0.75 * EVERY_MS, `${withinMs} ms into the period`);
  }
  assert.ok(new Set(due.map((atMs, period) => Math.floor(atMs - period * EVERY_MS))).size > 25);
  assert.deepEqual(dueTimes("7", 200), due);
  assert.notDeepEqual(dueTimes("8", 200), due);
});

test("periods that are left out do not shift those that follow", () => {
  const beats = new Beats(1_000, EVERY_MS, seededRandom("7"));
  beats.next();
  const dueMs = beats.next(4);
  assert.ok(dueMs >= 1_000 + 5 * EVERY_MS && dueMs < 1_000 + 6 * EVERY_MS, `${dueMs}`);
});

test("behind a proxy that serves its replicas in turn, every stream meets every replica soon", () => {
  const streams = 6;
  for (const [replicas, withinMs] of [
    [2, 1_000],
    [3, 1_000],
    [4, 2_000],
    [6, 20_000],
    [12, 20_000],
  ] as const) {
    const sends = Array.from({ length: streams }, (_, stream) =>
      dueTimes(`seed/${stream}`, withinMs / EVERY_MS, (stream * EVERY_MS) / streams).map((atMs) => ({ stream, atMs })),
    );
    const inOrder = sends.flat().toSorted((a, b) => a.atMs - b.atMs);
    const met = Array.from({ length: streams }, () => new Set<number>());
    for (const [turn, { stream }] of inOrder.entries()) met[stream]?.add(turn % replicas);
    for (const [stream, seen] of met.entries()) {
      assert.equal(seen.size, replicas, `stream ${stream} met ${[...seen]} of ${replicas} replicas`);
    }
  }
});
