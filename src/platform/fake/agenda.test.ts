import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../std/random.ts";
import { Agenda } from "./agenda.ts";

test("events run in order of time, and in order of entry at equal times", () => {
  const agenda = new Agenda();
  const random = seededRandom("agenda");
  const expected: [number, number][] = [];
  const seen: [number, number][] = [];
  for (let entry = 0; entry < 2000; entry++) {
    const time = random.int(200);
    expected.push([time, entry]);
    agenda.at(time, () => seen.push([agenda.nowMs, entry]));
  }
  agenda.runUntil(1000);
  assert.deepEqual(
    seen,
    expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]),
  );
  assert.equal(agenda.nowMs, 1000);
});

test("an event that another one enters runs too if it is due, and one in the past runs now", () => {
  const agenda = new Agenda();
  const seen: number[] = [];
  agenda.at(5, () => {
    agenda.at(1, () => seen.push(agenda.nowMs));
    agenda.after(2, () => seen.push(agenda.nowMs));
    agenda.after(100, () => seen.push(agenda.nowMs));
  });
  agenda.runUntil(50);
  assert.deepEqual(seen, [5, 7]);
  assert.equal(agenda.nextAtMs, 105);
});
