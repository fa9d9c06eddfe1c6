/**
 * Tests writes that were refused but exist all the same.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Outcome } from "../history.ts";
import type { Json } from "../std/json.ts";
import { ackedSet } from "./acked-set.ts";
import { duplicates } from "./duplicates.ts";
import { claimOf, OK, operation, REFUSED, RUN, readOf, run, UNKNOWN } from "./evidence.fixture.ts";
import { queueTotal } from "./queue-total.ts";

const id = (name: string) => `${RUN}/w0/${name}`;

/** Builds writes by name, each with the outcomes of its attempts in order. */
function writes(attempts: Readonly<Record<string, readonly Outcome[]>>, kind = "add") {
  return Object.entries(attempts).flatMap(([name, outcomes]) =>
    outcomes.map((outcome, at) =>
      operation({ id: id(name), kind, outcome, attempt: at + 1, invokedAtMs: at * 10, completedAtMs: at * 10 + 5 }),
    ),
  );
}

function judged(attempts: Parameters<typeof writes>[0], there: readonly string[], options: Record<string, Json> = {}) {
  const ledger = [1, 2].flatMap((read) => readOf(read, there.map(id)));
  return run(ackedSet, { claim: claimOf("orders", options), operations: writes(attempts), ledger });
}

test("acked-set: a refused write that is in the ledger is always reported: unknown, with the write as witness", () => {
  const found = judged({ a: [OK], b: [REFUSED], c: [REFUSED] }, ["a", "b"]);
  assert.equal(found.status, "unknown");
  assert.match(found.because, /^1 of 2 refused writes are present all the same/);
  assert.deepEqual(
    found.witnesses.map((witness) => witness.id),
    [id("b")],
  );
  assert.equal(found.figures["refusedPresent"], 1);
  assert.equal(judged({ a: [OK], b: [REFUSED] }, ["a"]).status, "pass");
});

test("acked-set: the claim's `refused` option decides what a refusal proves", () => {
  const attempts = { a: [OK], b: [REFUSED] };
  assert.equal(judged(attempts, ["a", "b"], { refused: "final" }).status, "fail");
  const allowed = judged(attempts, ["a", "b"], { refused: "may-exist" });
  assert.equal(allowed.status, "pass");
  assert.match(allowed.because, /1 of 1 refused writes are present all the same, as the claim allows/);
  assert.equal(judged(attempts, ["a"], { refused: "final" }).status, "pass");
  assert.throws(() => judged(attempts, ["a"], { refused: "sometimes" }), /doubtful or final or may-exist/);
});

test("acked-set: a refused retry contradicts nothing where another attempt may have stored the write", () => {
  for (const attempts of [
    [UNKNOWN, REFUSED],
    [OK, REFUSED],
    [REFUSED, UNKNOWN],
    [REFUSED, OK],
  ]) {
    assert.equal(judged({ a: [OK], b: attempts }, ["a", "b"], { refused: "final" }).status, "pass");
  }
});

test("acked-set: a loss beside a refused write still fails, and a refused write that is present twice is a duplicate", () => {
  assert.equal(judged({ a: [OK], b: [REFUSED] }, ["b"]).status, "fail");
  const ledger = [1, 2].flatMap((read) => readOf(read, [id("a"), [id("b"), 2]]));
  const operations = writes({ a: [OK], b: [REFUSED] });
  assert.equal(run(duplicates, { operations, ledger }).status, "fail");
});

test("queue-total: a refused message that was delivered or still waits is reported", () => {
  const enqueued = writes({ a: [OK], b: [REFUSED] }, "enqueue");
  const take = (name: string) => operation({ kind: "dequeue", outcome: { type: "ok", output: id(name) } });
  const waiting = (...names: string[]) => [1, 2].flatMap((read) => readOf(read, names.map(id)));
  const status = (operations: ReturnType<typeof writes>, ledger: ReturnType<typeof waiting>, refused?: string) =>
    run(queueTotal, { claim: claimOf("orders", refused === undefined ? {} : { refused }), operations, ledger }).status;
  assert.equal(status([...enqueued, take("a"), take("b")], waiting()), "unknown");
  assert.equal(status([...enqueued, take("a")], waiting("b")), "unknown");
  assert.equal(status([...enqueued, take("a")], waiting("b"), "final"), "fail");
  assert.equal(status([...enqueued, take("a")], waiting("b"), "may-exist"), "pass");
  assert.equal(status([...enqueued, take("a")], waiting()), "pass");
});
