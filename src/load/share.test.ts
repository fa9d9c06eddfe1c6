import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { aliveSlots, countOwned, type Epoch, nextOwned, ownerOf } from "./share.ts";

const epoch: fc.Arbitrary<Epoch> = fc
  .integer({ min: 1, max: 8 })
  .chain((count) =>
    fc
      .uniqueArray(fc.integer({ min: 0, max: count - 1 }), { maxLength: count - 1 })
      .map((lost) => ({ number: 1, count, lost, overrides: [] })),
  );
const total = fc.integer({ min: 0, max: 500 });

test("every number has exactly one owner, and it is alive", () => {
  fc.assert(
    fc.property(epoch, total, (given, number) => {
      assert.ok(aliveSlots(given).includes(ownerOf(number, given)));
    }),
  );
});

test("a loss moves only the numbers of the lost slot", () => {
  fc.assert(
    fc.property(epoch, total, fc.nat(), (given, number, choice) => {
      const alive = aliveSlots(given);
      fc.pre(alive.length > 1);
      const victim = alive[choice % alive.length] as number;
      const owner = ownerOf(number, given);
      // Numbers that another slot had adopted may move again; those in their home slot stay.
      if (number % given.count !== owner || owner === victim) return;
      assert.equal(ownerOf(number, { ...given, lost: [...given.lost, victim] }), owner);
    }),
  );
});

test("the shares add up, and counting agrees with asking for each number", () => {
  fc.assert(
    fc.property(epoch, total, (given, all) => {
      const slots = Array.from({ length: given.count }, (_, slot) => slot);
      const asked = slots.map(
        (slot) => Array.from({ length: all }, (_, n) => n).filter((n) => ownerOf(n, given) === slot).length,
      );
      assert.deepEqual(
        slots.map((slot) => countOwned(slot, all, given)),
        asked,
      );
      assert.equal(
        asked.reduce((sum, count) => sum + count, 0),
        all,
      );
    }),
  );
});

test("without losses the shares differ by at most one", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 16 }), total, (count, all) => {
      const shares = Array.from({ length: count }, (_, slot) =>
        countOwned(slot, all, { number: 1, count, lost: [], overrides: [] }),
      );
      assert.ok(Math.max(...shares) - Math.min(...shares) <= 1);
    }),
  );
});

test("the next number of a slot is its own, and none between is", () => {
  fc.assert(
    fc.property(epoch, total, fc.nat(), (given, from, choice) => {
      const alive = aliveSlots(given);
      const slot = alive[choice % alive.length] as number;
      const next = nextOwned(slot, from, given);
      assert.equal(ownerOf(next, given), slot);
      for (let number = from; number < next; number++) assert.notEqual(ownerOf(number, given), slot);
    }),
  );
});
