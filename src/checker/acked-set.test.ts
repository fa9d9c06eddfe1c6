import assert from "node:assert/strict";
import { test } from "node:test";
import type { LedgerLine } from "../ledger.ts";
import type { Json } from "../std/json.ts";
import { ackedSet } from "./acked-set.ts";
import { claimOf, endOf, factsOf, ok, operation, REFUSED, RUN, readOf, run, UNKNOWN } from "./evidence.fixture.ts";

const id = (n: number) => `${RUN}/w0/u0/${n}`;
const fault = (bitAtMs: number, healedAtMs: number | null, experiment = "kill") => ({
  experiment,
  bitAtMs,
  healedAtMs,
});

test("all acknowledged writes pass when two complete reads show them", () => {
  const operations = [operation({ id: id(1) }), operation({ id: id(2) })];
  const finding = run(ackedSet, { operations, ledger: [...readOf(1, [id(1), id(2)]), ...readOf(2, [id(1), id(2)])] });
  assert.equal(finding.status, "pass");
  assert.equal(finding.figures["acknowledged"], 2);
  assert.equal(finding.figures["completeReads"], 2);
});

test("an acknowledged write absent from both reads is lost, with its id and time", () => {
  const operations = [operation({ id: id(1) }), operation({ id: id(2), invokedAtMs: 41 })];
  const finding = run(ackedSet, { operations, ledger: [...readOf(1, [id(1)]), ...readOf(2, [id(1)])] });
  assert.equal(finding.status, "fail");
  assert.equal(finding.figures["lost"], 1);
  assert.deepEqual(finding.witnesses[0]?.id, id(2));
  assert.equal(finding.witnesses[0]?.atMs, 42);
});

test("a write absent from read 1 and present in read 2 is late, not lost", () => {
  const operations = [operation({ id: id(1) })];
  const finding = run(ackedSet, { operations, ledger: [...readOf(1, []), ...readOf(2, [id(1)])] });
  assert.equal(finding.status, "pass");
  assert.deepEqual([finding.figures["late"], finding.figures["lost"]], [1, 0]);
});

test("a write in read 1 but not in read 2 is unknown, one absent from two later reads is lost, and one back in the third is late", () => {
  const operations = [operation({ id: id(1) }), operation({ id: id(2) })];
  const both = [id(1), id(2)];
  const gone = run(ackedSet, { operations, ledger: [...readOf(1, both), ...readOf(2, [id(1)])] });
  assert.equal(gone.status, "unknown");
  assert.match(gone.because, /1 acknowledged writes were in an earlier read/);
  assert.equal(gone.witnesses[0]?.id, id(2));
  const ledger = [...readOf(1, both), ...readOf(2, [id(1)]), ...readOf(3, [id(1)])];
  const lost = run(ackedSet, { operations, ledger });
  assert.deepEqual([lost.status, lost.figures["lost"]], ["fail", 1]);
  assert.match(lost.witnesses[0]?.says ?? "", /seen by an earlier read, but absent from read 2 and 3/);
  const back = run(ackedSet, { operations, ledger: [...ledger.slice(0, -2), ...readOf(3, both)] });
  assert.equal(back.status, "pass");
});

test("a write seen by an incomplete read, after a complete one without it, is late and not lost", () => {
  const operations = [operation({ id: id(1) })];
  const ledger = [...readOf(1, []), ...readOf(2, [id(1)]).slice(0, 1), endOf(2, 1, "orders", false)];
  assert.equal(run(ackedSet, { operations, ledger }).status, "pass");
});

test("a ledger line that counts zero copies is not a row", () => {
  const operations = [operation({ id: id(1) })];
  const ledger = [...readOf(1, [[id(1), 0]]), ...readOf(2, [[id(1), 0]])];
  assert.deepEqual(
    [run(ackedSet, { operations, ledger }).status, run(ackedSet, { operations, ledger }).figures["lost"]],
    ["fail", 1],
  );
});

test("with `holds`, a row that holds another value than was sent fails, and the finding shows both values", () => {
  const claim = claimOf("orders", { holds: ["customer"] });
  const operations = [operation({ id: id(1), input: { customer: 5, note: "a" } })];
  const rowOf = (value: Json) =>
    [1, 2].flatMap((read): LedgerLine[] => [
      { line: "item", read, object: "orders", id: id(1), count: 1, value },
      endOf(read, 1),
    ]);
  const held = run(ackedSet, {
    claim,
    operations,
    ledger: rowOf({ customer: 5, note: "the value was changed since" }),
  });
  assert.equal(held.status, "pass", held.because);
  const altered = run(ackedSet, { claim, operations, ledger: rowOf({ customer: 7 }) });
  assert.equal(altered.status, "fail");
  assert.match(altered.because, /1 rows hold values that differ/);
  assert.match(altered.witnesses[0]?.says ?? "", /sent \{"customer":5\}, the ledger holds \{"customer":7\}/);
  const without = run(ackedSet, {
    claim,
    operations: [...operations, operation({ id: id(2), input: { id: id(2) } })],
    ledger: [1, 2].flatMap((read): LedgerLine[] => [
      { line: "item", read, object: "orders", id: id(1), count: 1, value: { customer: 5 } },
      { line: "item", read, object: "orders", id: id(2), count: 1, value: { customer: 9 } },
      endOf(read, 2),
    ]),
  });
  assert.equal(without.status, "pass", "with `holds`, an operation without the field is not compared");
  const blind = run(ackedSet, { claim, operations, ledger: [...readOf(1, [id(1)]), ...readOf(2, [id(1)])] });
  assert.equal(blind.status, "unknown");
  const twice = [...operations, operation({ id: id(1), attempt: 2, input: { customer: 7 } })];
  assert.notEqual(run(ackedSet, { claim, operations: twice, ledger: rowOf({ customer: 7 }) }).status, "fail");
});

test("a write absent from the only complete read is unknown: a second read would distinguish late from lost", () => {
  const operations = [operation({ id: id(1) })];
  const ledger = [...readOf(1, []), endOf(2, 0, "orders", false)];
  assert.equal(run(ackedSet, { operations, ledger }).status, "unknown");
});

test("no ledger, an unfinished read, a read with a missing line and zero acknowledged writes are unknown, never pass", () => {
  const operations = [operation({ id: id(1) })];
  const [item, end] = readOf(1, [id(1)]);
  assert.ok(item !== undefined && end !== undefined);
  const status = (ledger: Parameters<typeof run>[1]["ledger"] = [], ops = operations) =>
    run(ackedSet, { operations: ops, ledger }).status;
  assert.equal(status([]), "unknown");
  assert.equal(status([item]), "unknown");
  assert.equal(status([end]), "unknown");
  assert.equal(status([item, item, end]), "unknown");
  assert.equal(status([...readOf(1, []), ...readOf(2, [])], []), "unknown");
  assert.equal(status([item, end]), "pass");
});

test("a last second before a fault without an acknowledgement is unknown, and the finding names the fault", () => {
  const facts = factsOf({ faults: [fault(5_000, 6_000)] });
  const early = [operation({ id: id(1), invokedAtMs: 3_900 })];
  const ledger = [...readOf(1, [id(1)]), ...readOf(2, [id(1)])];
  const finding = run(ackedSet, { facts, operations: early, ledger });
  assert.equal(finding.status, "unknown");
  assert.match(finding.because, /"kill"/);
  const inTime = [operation({ id: id(1), invokedAtMs: 4_100 })];
  const tested = run(ackedSet, { facts, operations: inTime, ledger });
  assert.equal(tested.status, "pass");
  assert.equal(tested.figures["acknowledgedLastSecond"], 1);
});

test("a claim about a sparse object passes, and the finding still mentions the quiet second", () => {
  const facts = factsOf({ faults: [fault(5_000, 6_000)] });
  const operations = [operation({ id: id(1), invokedAtMs: 3_900 })];
  const ledger = [...readOf(1, [id(1)]), ...readOf(2, [id(1)])];
  const finding = run(ackedSet, { facts, operations, ledger, claim: claimOf("orders", { sparse: true }) });
  assert.equal(finding.status, "pass");
  assert.match(finding.because, /loss of such a write was not tested/);
});

test("a lost write fails even if no write was acknowledged in the last second before the fault", () => {
  const facts = factsOf({ faults: [fault(5_000, 6_000)] });
  const operations = [operation({ id: id(1), invokedAtMs: 100 })];
  const finding = run(ackedSet, { facts, operations, ledger: [...readOf(1, []), ...readOf(2, [])] });
  assert.equal(finding.status, "fail");
  assert.equal(finding.figures["rpoMs"], 4_899);
});

test("an unanswered write may be in the ledger or not, whatever its other attempts returned", () => {
  const operations = [
    operation({ id: id(1) }),
    operation({ id: id(2), outcome: UNKNOWN }),
    operation({ id: id(3), outcome: UNKNOWN }),
    operation({ id: id(3), outcome: REFUSED, attempt: 2 }),
    operation({ id: id(4), outcome: UNKNOWN }),
    operation({ id: id(4), attempt: 2 }),
  ];
  const reads = [id(1), id(3), id(4)];
  const { status, figures } = run(ackedSet, { operations, ledger: [...readOf(1, reads), ...readOf(2, reads)] });
  assert.equal(status, "pass");
  assert.deepEqual([figures["acknowledged"], figures["unknown"], figures["recovered"]], [2, 2, 1]);
});

test("a row with this run's prefix that no client attempted is unexpected; another run's row is not", () => {
  const operations = [operation({ id: id(1) })];
  const foreign = [id(1), "other/w0/u0/1"];
  assert.equal(run(ackedSet, { operations, ledger: [...readOf(1, foreign), ...readOf(2, foreign)] }).status, "pass");
  const phantom = [id(1), id(999)];
  const finding = run(ackedSet, { operations, ledger: [...readOf(1, phantom), ...readOf(2, phantom)] });
  assert.equal(finding.status, "fail");
  assert.deepEqual(
    finding.witnesses.map((witness) => witness.id),
    [id(999)],
  );
});

test("rows that a lost worker wrote after its last report are unknown, never unexpected", () => {
  const operations = [operation({ id: id(1) })];
  const reads = [id(1), `${RUN}/w1/u7/3`];
  const ledger = [...readOf(1, reads), ...readOf(2, reads)];
  assert.equal(run(ackedSet, { operations, ledger }).status, "fail");
  const facts = factsOf({ lostWorkers: [{ worker: "w1", atMs: 50 }] });
  const finding = run(ackedSet, { facts, operations, ledger });
  assert.equal(finding.status, "pass");
  assert.equal(finding.figures["lostWorkerRows"], 1);
});

test("a row that the scenario deleted is not lost; a removed row that reappears fails", () => {
  const operations = [
    operation({ id: id(1) }),
    operation({ id: id(2) }),
    operation({ id: id(3), kind: "remove", input: { id: id(2) }, invokedAtMs: 10 }),
  ];
  assert.equal(run(ackedSet, { operations, ledger: [...readOf(1, [id(1)]), ...readOf(2, [id(1)])] }).status, "pass");
  const back = [id(1), id(2)];
  const finding = run(ackedSet, { operations, ledger: [...readOf(1, back), ...readOf(2, back)] });
  assert.equal(finding.status, "fail");
  assert.equal(finding.figures["resurrected"], 1);
  // A first read from a replica that lags still shows a row that the second read no longer shows.
  assert.equal(run(ackedSet, { operations, ledger: [...readOf(1, back), ...readOf(2, [id(1)])] }).status, "pass");
});

test("where the app makes its own ids, an equal number of unanswered writes explains unexpected rows", () => {
  const claim = claimOf("orders", { correlate: "output.number" });
  const operations = [operation({ outcome: ok({ number: 17 }) }), operation({ outcome: UNKNOWN })];
  const status = (rows: string[]) =>
    run(ackedSet, { claim, operations, ledger: [...readOf(1, rows), ...readOf(2, rows)] }).status;
  assert.equal(status(["17", "18"]), "pass");
  assert.equal(status(["17", "18", "19"]), "fail");
  assert.equal(status(["18"]), "fail");
});

test("a loss in the calm between two faults is attributed to the nearer fault", () => {
  const facts = factsOf({ faults: [fault(1_000, 2_000, "first"), fault(6_000, 7_000, "second")] });
  const operations = [
    operation({ id: id(1), invokedAtMs: 800 }),
    operation({ id: id(2), invokedAtMs: 3_000 }),
    operation({ id: id(3), invokedAtMs: 5_500 }),
  ];
  const finding = run(ackedSet, { facts, operations, ledger: [...readOf(1, [id(1)]), ...readOf(2, [id(1)])] });
  assert.equal(finding.byExperiment?.["first"]?.["lost"], 1);
  assert.equal(finding.byExperiment?.["first"]?.["rpoMs"], 0);
  assert.equal(finding.byExperiment?.["second"]?.["lost"], 1);
  assert.equal(finding.byExperiment?.["second"]?.["rpoMs"], 499);
});

test("an operation whose end was never seen counts by its invocation", () => {
  const operations = [operation({ id: id(1) }), operation({ id: id(2), outcome: UNKNOWN, completedAtMs: null })];
  const reads = [id(1), id(2)];
  assert.equal(run(ackedSet, { operations, ledger: [...readOf(1, reads), ...readOf(2, reads)] }).status, "pass");
});
