/**
 * Checks that the same history in each notation gets the same verdict as its operations themselves, with its lines in order or
 * shuffled.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { importHistory, readHistory } from "../../src/checker/import/import-history.ts";
import { linearize } from "../../src/checker/linearizable/linearize.ts";
import { modelNamed } from "../../src/checker/linearizable/models.ts";
import type { Operation } from "../../src/history.ts";
import { seededRandom } from "../../src/std/random.ts";
import { corrupt, execute } from "./random-history.ts";
import { type Habits, notations } from "./write-history.ts";

const HISTORIES_EACH = 40;

interface Kind {
  readonly model: string;
  readonly keys: number;
  readonly habits: Habits;
}

function kind(model: string, keys: number, named: Habits["keys"], transaction = "txn"): Kind {
  return { model, keys, habits: { keys: named, transaction } };
}

const KINDS: readonly Kind[] = [
  kind("register", 1, "none"),
  kind("register", 3, "in the value"),
  kind("register", 3, "beside"),
  kind("cas-register", 1, "none"),
  kind("cas-register", 3, "in the value"),
  kind("counter", 1, "none"),
  kind("counter", 2, "in the value"),
  kind("set", 1, "none"),
  kind("set", 2, "in the value"),
  kind("queue", 1, "none"),
  kind("kv", 3, "beside"),
  kind("kv", 2, "in the value"),
  kind("list-append", 3, "none"),
  kind("list-append", 3, "none", "write"),
  kind("list-append", 3, "none", "transfer"),
];

/** Converts times to those of a file, which has only the order of events, with returns first at equal times. */
function ordered(operations: readonly Operation[]): Operation[] {
  return operations.map((operation) => ({
    ...operation,
    completedAtMs: operation.completedAtMs === null ? null : operation.completedAtMs - 0.5,
  }));
}

function history({ model, keys }: Kind, seed: string): Operation[] {
  const random = seededRandom(seed);
  const shape = { model, processes: 4, operations: 30, values: 3, keys, unanswered: 0.1, ticksMax: 3, stale: 0.02 };
  const operations = execute(shape, random);
  return random.float() < 0.5 ? operations : corrupt(operations, random);
}

for (const each of KINDS) {
  const { model, habits, keys } = each;
  const name = `${HISTORIES_EACH} histories of ${keys} ${model}, keys: ${habits.keys}, :f :${habits.transaction}`;
  test(`${name} has one answer in all notations`, () => {
    const seen = new Set<boolean | "unknown">();
    for (let number = 0; number < HISTORIES_EACH; number++) {
      const seed = `${model}/${habits.keys}/${habits.transaction}/${number}`;
      const operations = history(each, seed);
      const expected = linearize(ordered(operations), modelNamed(model)).linearizable;
      seen.add(expected);
      for (const [notation, text] of notations(operations, habits, seededRandom(seed))) {
        const options = { file: "generated", model: modelNamed(model), failedCas: "mismatch" } as const;
        const found = linearize(importHistory(text, options), modelNamed(model)).linearizable;
        assert.equal(found, expected, `${seed} as ${notation}`);
      }
    }
    assert.deepEqual([...seen].sort(), [false, true]);
  });
}

test("without an option for failed cas, all notations have the same readings", () => {
  const [cas] = KINDS.filter(({ model }) => model === "cas-register");
  assert.ok(cas !== undefined);
  const model = modelNamed(cas.model);
  for (let number = 0; number < HISTORIES_EACH; number++) {
    const operations = history(cas, `failed/${number}`);
    const answers: (boolean | "unknown")[][] = [
      ...notations(operations, cas.habits, seededRandom(`${number}`)).values(),
    ].map((text) =>
      readHistory(text, { file: "generated", model }).map(
        (reading) => linearize(reading.operations, model).linearizable,
      ),
    );
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
  }
});
