/**
 * Tests histories that a search of states alone could not hold in memory, or would search for minutes.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { contendedKv } from "../../../test/histories/contended-kv.ts";
import type { Operation } from "../../history.ts";
import type { Json } from "../../std/json.ts";
import { seededRandom } from "../../std/random.ts";
import { claimOf, ok, operation, run } from "../evidence.fixture.ts";
import { linearizable } from "../linearizable.ts";
import { DEFAULT_BUDGET } from "./budget.ts";
import { linearize } from "./linearize.ts";
import { modelNamed } from "./models.ts";

const COUNT = 20_000;
const NUMBERS = Array.from({ length: COUNT }, (_, number) => number);

/** Builds an operation that overlaps the three after it. */
function one(kind: string, at: number, input: Json, output: Json = null): Operation {
  return operation({ kind, input, outcome: ok(output), invokedAtMs: at * 10, completedAtMs: at * 10 + 35 });
}

const adds = NUMBERS.map((number) => one("add", number, number));
const through = [
  ...NUMBERS.map((number) => one("enqueue", number, number)),
  ...NUMBERS.map((number) => one("dequeue", COUNT + 10 + number, null, number)),
];

test(`a set of ${COUNT} adds is accepted if a read has all, and refuted if one is lost`, () => {
  const set = modelNamed("set");
  assert.equal(linearize([...adds, one("read", COUNT + 10, null, NUMBERS)], set).linearizable, true);
  const lost = linearize([...adds, one("read", COUNT + 10, null, NUMBERS.toSpliced(777, 1))], set);
  assert.equal(lost.linearizable, false);
  assert.equal(lost.refutations[0]?.operation.input, 777);
  const asked = NUMBERS.map((number) => one("contains", COUNT + 10 + number, number, number !== 777));
  assert.equal(linearize([...adds, ...asked], set).linearizable, false);
  assert.equal(linearize([...adds, ...asked.toSpliced(777, 1)], set).linearizable, true);
});

test(`a queue of ${COUNT} in and out is accepted in order, and refuted if two leave in the wrong order or one is lost`, () => {
  const queue = modelNamed("queue");
  assert.equal(linearize(through, queue).linearizable, true);
  assert.equal(linearize(through.toSpliced(COUNT + 777, 1), queue).linearizable, false);
  const [early, late] = [through[COUNT + 100], through[COUNT + 200]];
  assert.ok(early && late);
  const swapped = through.map((each) => {
    if (each === early) return { ...each, outcome: late.outcome };
    return each === late ? { ...each, outcome: early.outcome } : each;
  });
  const refuted = linearize(swapped, queue);
  assert.equal(refuted.linearizable, false);
  assert.match(refuted.refutations[0]?.because ?? "", /entered before it/);
});

test(`a counter of ${COUNT} increments is decided`, () => {
  const counter = modelNamed("counter");
  const increments = NUMBERS.map((number) => one("increment", number, 1));
  assert.equal(linearize([...increments, one("read", COUNT + 10, null, COUNT)], counter).linearizable, true);
  assert.equal(linearize([...increments, one("read", COUNT + 10, null, COUNT - 1)], counter).linearizable, false);
});

test("states count towards the budget: what exceeds it is unknown, in a run as well", () => {
  const budget = { ...DEFAULT_BUDGET, bytes: 8 << 20 };
  const removed = [...adds, one("remove", COUNT + 10, 5), one("read", COUNT + 20, null, NUMBERS.toSpliced(5, 1))];
  const repeated = through.map((each) => ({ ...each, input: each.kind === "enqueue" ? 1 : null, outcome: ok(1) }));
  for (const [model, operations] of [
    ["set", removed],
    ["queue", repeated],
  ] as const) {
    const { linearizable: answer, spent } = linearize(operations, modelNamed(model), { budget });
    assert.deepEqual([model, answer, spent], [model, "unknown", "memory"]);
  }
  const finding = run(linearizable, { claim: claimOf("orders", { model: "set" }), operations: adds });
  assert.equal(finding.status, "unknown");
  assert.match(finding.because, /Nothing was ever read/);
});

test("one stale read among 3,400 events of 50 clients is found without a long search of the other keys", () => {
  for (const seed of ["a", "b", "d", "e"]) {
    const shape = { clients: 50, keys: 10, operations: 1_700, stale: 1 };
    const { linearizable: answer, configurations } = linearize(
      contendedKv(shape, seededRandom(seed)),
      modelNamed("kv"),
    );
    assert.equal(answer, false);
    assert.ok(configurations < 200_000, `${configurations} configurations`);
  }
});

test("if one part is refuted the answer is no, and hard parts are left undecided", () => {
  // Which of these unanswered increments happened is a subset-sum problem, and no answer narrows it down.
  const hard = Array.from({ length: 60 }, (_, index) => ({
    ...one("increment", 0, 1_000_003 * (index + 1) + 7 ** (index % 9)),
    key: "hard",
    outcome: { type: "unknown" as const, code: "timeout" },
    completedAtMs: null,
  }));
  const read = { ...one("read", 100, null, 1_234_567_891), key: "hard" };
  const easy = [one("increment", 0, 1), one("read", 10, null, 2)].map((each) => ({ ...each, key: "easy" }));
  const counter = modelNamed("counter");
  const both = linearize([...hard, read, ...easy], counter);
  assert.deepEqual([both.linearizable, both.refutations.length, both.undecided], [false, 1, 1]);
  assert.ok(both.configurations < 20_000, `${both.configurations} configurations`);
  const alone = linearize([...hard, read], counter, { budget: { ...DEFAULT_BUDGET, configurations: 50_000 } });
  assert.deepEqual([alone.linearizable, alone.spent, alone.undecided], ["unknown", "configurations", 1]);
});
