import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RowLeases } from "./leases.ts";
import { RowLedger } from "./ledger.ts";
import type { RowsAnswer } from "./protocol.ts";

const FEEDER = { key: "k", name: "people.csv", length: 0 };

/** Creates workers of one ledger. A worker that is recalled answers at once, as it does between two turns of its event loop. */
function crew(workers: number) {
  const notes: string[] = [];
  const recall = (slot: number, key: string) => ledger.takeBack(slot, key, leases[slot]?.giveBack(key) ?? []);
  const ledger = new RowLedger({ workers, recall, onNote: (says) => notes.push(says) });
  const leases = Array.from({ length: workers }, (_, slot) => {
    return new RowLeases((ask) => {
      let answer: RowsAnswer | null = null;
      ledger.ask(slot, ask, (given) => {
        answer = given;
      });
      assert.ok(answer !== null, "an answer at once");
      return answer;
    });
  });
  return { ledger, leases, notes };
}

/** Returns the rows that a worker takes until there are no more. */
function rest(leases: RowLeases, feeder: typeof FEEDER): number[] {
  const rows: number[] = [];
  for (let row = leases.next(feeder); row !== null; row = leases.next(feeder)) rows.push(row);
  return rows;
}

test("each row once, however unevenly the workers take them, in two feeders at a time", () => {
  const turns = fc.array(fc.tuple(fc.nat(3), fc.nat(1)), { maxLength: 400 });
  fc.assert(
    fc.property(turns, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 150 }), (order, workers, length) => {
      const { leases } = crew(workers);
      const feeders = ["a", "b"].map((key) => ({ key, name: key, length }));
      const used = feeders.map(() => [] as number[]);
      const take = (slot: number, which: number) => {
        const row = leases[slot % workers]?.next(feeders[which] ?? FEEDER) ?? null;
        if (row !== null) used[which]?.push(row);
        else assert.equal(used[which]?.length, length, "null only when all were used");
      };
      for (const [slot, which] of order) take(slot, which);
      for (const [which, feeder] of feeders.entries()) {
        used[which]?.push(...rest(leases[0] as RowLeases, feeder));
        assert.deepEqual(
          used[which]?.toSorted((a, b) => a - b),
          Array.from({ length }, (_, row) => row),
        );
      }
    }),
    { numRuns: 300 },
  );
});

test("what a lost worker had is told, and given to nobody", () => {
  const { ledger, leases, notes } = crew(2);
  const feeder = { ...FEEDER, length: 1_000 };
  const [one, other] = leases as [RowLeases, RowLeases];
  const before = Array.from({ length: 300 }, () => one.next(feeder));
  ledger.lose(0, "w0");
  const after = rest(other, feeder);
  const twice = after.filter((row) => before.includes(row));
  assert.deepEqual(twice, []);
  const [, unknown = "0"] =
    /^(\d+) rows? of people\.csv may or may not have been used: worker w0/.exec(notes[0] ?? "") ?? [];
  const surely = new Set([...before, ...after]).size;
  assert.ok(1_000 - surely <= Number(unknown), `${surely} used, ${unknown} told as unknown`);
  assert.equal(one.giveBack("k").length + surely, 1_000);
});

test("the same ask gets the same rows, so an answer that was lost on the way loses nothing", () => {
  const { ledger } = crew(1);
  const answers: RowsAnswer[] = [];
  const ask = { ...FEEDER, length: 10, number: 1, want: 1, back: {} };
  for (let time = 0; time < 2; time++) ledger.ask(0, ask, (answer) => answers.push(answer));
  ledger.ask(0, { ...ask, number: 2 }, (answer) => answers.push(answer));
  assert.deepEqual(
    answers.map(({ rows }) => rows),
    [[0], [0], [1]],
  );
});

test("a worker that does not give back what it has is not waited for without end, and that is told", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const notes: string[] = [];
  const ledger = new RowLedger({ workers: 2, recall: () => undefined, onNote: (says) => notes.push(says) });
  const ask = { ...FEEDER, length: 1, number: 1, want: 1, back: {} };
  ledger.ask(0, ask, () => undefined);
  const answers: RowsAnswer[] = [];
  ledger.ask(1, ask, (answer) => answers.push(answer));
  assert.deepEqual(answers, []);
  context.mock.timers.tick(1_000);
  assert.deepEqual(answers, [{ rows: [], last: false }]);
  assert.match(notes[0] ?? "", /no row of people\.csv although 1 may be left/);
});

test("a ledger that does not know what was given gives nothing, and says so", () => {
  const { ledger, leases, notes } = crew(1);
  ledger.close("its coordinator was lost");
  assert.equal(leases[0]?.next({ ...FEEDER, length: 5 }), null);
  assert.match(notes[0] ?? "", /no more rows of people\.csv are given: its coordinator was lost/);
});
