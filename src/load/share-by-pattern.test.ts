import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { weightedPattern } from "../scenario/weights.ts";
import type { Epoch } from "./share.ts";
import { patternShares } from "./share-by-pattern.ts";

const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 5 });
const epochs: fc.Arbitrary<Epoch> = fc
  .integer({ min: 1, max: 7 })
  .chain((count) =>
    fc
      .uniqueArray(fc.integer({ min: 0, max: count - 1 }), { maxLength: count - 1 })
      .map((lost) => ({ number: 1, count, lost, overrides: [] })),
  );

/** Returns, for each scenario, how many of the first `total` numbers each slot has. */
function countsOf(epoch: Epoch, given: readonly number[], total: number): number[][] {
  const pattern = weightedPattern(given);
  const shares = patternShares(epoch, pattern);
  const counts = given.map(() => Array.from({ length: epoch.count }, () => 0));
  for (let number = 0; number < total; number++) {
    const row = counts[pattern(number)] as number[];
    const slot = shares.ownerOf(number);
    row[slot] = (row[slot] ?? 0) + 1;
  }
  return counts;
}

test("of every scenario each worker has its part, whatever the weights", () => {
  fc.assert(
    fc.property(weights, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 900 }), (given, count, total) => {
      for (const row of countsOf({ number: 1, count, lost: [], overrides: [] }, given, total))
        assert.ok(Math.max(...row) - Math.min(...row) <= 1, row.join(" "));
    }),
  );
});

test("of every scenario those who are left have their part, too", () => {
  fc.assert(
    fc.property(weights, epochs, (given, epoch) => {
      for (const row of countsOf(epoch, given, 1_000)) {
        const alive = row.filter((_count, slot) => !epoch.lost.includes(slot));
        assert.ok(Math.max(...alive) - Math.min(...alive) <= 1 + epoch.lost.length, row.join(" "));
        assert.equal(
          alive.reduce((sum, count) => sum + count, 0),
          row.reduce((sum, count) => sum + count, 0),
        );
      }
    }),
  );
});

test("a loss moves only what the lost worker had", () => {
  fc.assert(
    fc.property(weights, epochs, fc.nat(), (given, epoch, choice) => {
      const alive = Array.from({ length: epoch.count }, (_, slot) => slot).filter((slot) => !epoch.lost.includes(slot));
      fc.pre(alive.length > 1);
      const victim = alive[choice % alive.length] as number;
      const before = patternShares(epoch, weightedPattern(given));
      const after = patternShares({ ...epoch, lost: [...epoch.lost, victim] }, weightedPattern(given));
      for (let number = 0; number < 300; number++)
        if (before.ownerOf(number) !== victim) assert.equal(after.ownerOf(number), before.ownerOf(number));
    }),
  );
});

test("the first users are one on each worker; counting and the next number agree with asking for each", () => {
  fc.assert(
    fc.property(weights, epochs, fc.integer({ min: 0, max: 2_500 }), (given, epoch, total) => {
      const shares = patternShares(epoch, weightedPattern(given));
      const slots = Array.from({ length: epoch.count }, (_, slot) => slot);
      const owners = Array.from({ length: total }, (_, number) => shares.ownerOf(number));
      if (epoch.lost.length === 0) assert.deepEqual(owners.slice(0, epoch.count), slots.slice(0, total));
      for (const slot of slots) {
        assert.equal(shares.countOwned(slot, total), owners.filter((owner) => owner === slot).length);
        if (epoch.lost.includes(slot)) continue;
        const next = shares.nextOwned(slot, total);
        assert.equal(shares.ownerOf(next), slot);
        for (let number = total; number < next; number++) assert.notEqual(shares.ownerOf(number), slot);
      }
    }),
    { numRuns: 40 },
  );
});
