import assert from "node:assert/strict";
import { test } from "node:test";
import { claimOf, factsOf, ok, operation, RUN, readOf, run, UNKNOWN } from "./evidence.fixture.ts";
import { queueTotal } from "./queue-total.ts";

const id = (n: number) => `${RUN}/w0/u0/${n}`;
const enqueue = (n: number, outcome = ok(null)) => operation({ id: id(n), kind: "enqueue", outcome });
const dequeue = (output: string | string[] | null) => operation({ kind: "dequeue", outcome: ok(output) });
const waiting = (...ids: string[]) => [...readOf(1, ids), ...readOf(2, ids)];

test("a message that was delivered or still waits passes; one that did neither is lost", () => {
  const operations = [enqueue(1), enqueue(2), dequeue(id(1))];
  assert.equal(run(queueTotal, { operations, ledger: waiting(id(2)) }).status, "pass");
  const finding = run(queueTotal, { operations, ledger: waiting() });
  assert.equal(finding.status, "fail");
  assert.deepEqual([finding.figures["lost"], finding.witnesses[0]?.id], [1, id(2)]);
});

test("an unanswered dequeue may have removed a message, and an unanswered enqueue may have added one", () => {
  const taken = operation({ kind: "dequeue", outcome: UNKNOWN });
  assert.equal(
    run(queueTotal, { operations: [enqueue(1), enqueue(2), dequeue(id(1)), taken], ledger: waiting() }).status,
    "pass",
  );
  assert.equal(run(queueTotal, { operations: [enqueue(1), enqueue(2), taken], ledger: waiting() }).status, "fail");
  const operations = [enqueue(1), enqueue(2, UNKNOWN), enqueue(3, UNKNOWN), dequeue([id(1), id(2)]), dequeue(null)];
  const finding = run(queueTotal, { operations, ledger: waiting() });
  assert.deepEqual([finding.status, finding.figures["recovered"]], ["pass", 1]);
});

test("a message that no client sent fails; messages of other runs and of lost workers do not", () => {
  const status = (message: string, facts = factsOf()) =>
    run(queueTotal, { facts, operations: [enqueue(1), dequeue(id(1)), dequeue(message)], ledger: waiting() }).status;
  assert.equal(status(id(99)), "fail");
  assert.equal(status("other/w0/u0/1"), "pass");
  assert.equal(status(`${RUN}/w1/u0/1`, factsOf({ lostWorkers: [{ worker: "w1", atMs: 0 }] })), "pass");
});

test("a second delivery fails where exactly-once is declared, and is only counted otherwise", () => {
  const operations = [enqueue(1), dequeue(id(1)), dequeue(id(1))];
  const relaxed = run(queueTotal, { operations, ledger: waiting() });
  assert.deepEqual([relaxed.status, relaxed.figures["duplicated"]], ["pass", 1]);
  const claim = claimOf("orders", { delivery: "exactly-once" });
  assert.equal(run(queueTotal, { claim, operations, ledger: waiting() }).status, "fail");
});

test("one message that waits twice is a duplicate, and one that waits zero times does not wait", () => {
  const claim = claimOf("orders", { delivery: "exactly-once" });
  const twice = [1, 2].flatMap((read) => readOf(read, [[id(1), 2]]));
  assert.equal(run(queueTotal, { claim, operations: [enqueue(1)], ledger: twice }).status, "fail");
  const never = [1, 2].flatMap((read) => readOf(read, [[id(1), 0]]));
  assert.equal(run(queueTotal, { operations: [enqueue(1)], ledger: never }).figures["lost"], 1);
  assert.equal(run(queueTotal, { claim, operations: [enqueue(1)], ledger: waiting(id(1)) }).status, "pass");
});

test("the queue is unknown without two reads of what waits, or without an acknowledged message", () => {
  assert.equal(run(queueTotal, { operations: [enqueue(1), dequeue(id(1))] }).status, "unknown");
  assert.equal(run(queueTotal, { operations: [enqueue(1)], ledger: readOf(1, []) }).status, "unknown");
  assert.equal(run(queueTotal, { operations: [], ledger: waiting() }).status, "unknown");
});
