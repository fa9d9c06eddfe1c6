/**
 * Tests what the absence of an acknowledged write proves: pages in an order with ties, rows that arrive late, objects that
 * expire.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Finding } from "../checker.ts";
import type { LedgerLine } from "../ledger.ts";
import { ackedSet } from "./acked-set.ts";
import { duplicates } from "./duplicates.ts";
import { claimOf, factsOf, operation, RUN, readOf, run, UNKNOWN } from "./evidence.fixture.ts";

const id = (n: number) => `${RUN}/w0/u0/${n}`;
const ids = (...numbers: readonly number[]) => numbers.map(id);
const writes = (...numbers: readonly number[]) => numbers.map((n) => operation({ id: id(n) }));

/** Builds one read from pages of numbers. */
function pagesOf(read: number, ...pages: readonly (readonly number[])[]): LedgerLine[] {
  const items = pages.flatMap((page, at) => page.map((n): [number, number] => [n, at + 1]));
  const [end] = readOf(read, []).slice(-1);
  assert.ok(end?.line === "end");
  return [
    ...items.map(([n, page]): LedgerLine => ({ line: "item", read, object: "orders", id: id(n), count: 1, page })),
    { ...end, items: items.length },
  ];
}

type Said = Pick<Finding, "status" | "because"> & { readonly [figure: string]: string | number };

const said = ({ status, because, figures }: Finding): Said => ({ ...figures, status, because });

test("while the ledger still gains rows, an absent row is not lost; at rest it is", () => {
  const operations = writes(1, 2, 3, 4);
  const growing = [...readOf(1, ids(1)), ...readOf(2, ids(1, 2)), ...readOf(3, ids(1, 2, 3))];
  const early = said(run(ackedSet, { operations, ledger: growing }));
  assert.equal(early.status, "unknown");
  assert.match(String(early["because"]), /1 acknowledged writes or removals do not show, and the ledger still changed/);
  assert.equal(early["unsettled"], 1);
  const agreed = [...growing, ...[4, 5, 6].flatMap((read) => readOf(read, ids(1, 2, 3)))];
  assert.equal(
    run(ackedSet, { operations, ledger: agreed }).status,
    "unknown",
    "rows came for two pauses, and none for three",
  );
  const settled = said(run(ackedSet, { operations, ledger: [...agreed, ...readOf(7, ids(1, 2, 3))] }));
  assert.deepEqual([settled.status, settled["lost"]], ["fail", 1]);
  const all = [...growing, ...readOf(4, ids(1, 2, 3, 4))];
  assert.equal(run(ackedSet, { operations, ledger: all }).status, "pass", "nothing is missing");
});

test("a removed row that is still present is not a resurrection while removals are still applied", () => {
  const removal = (n: number) => operation({ kind: "remove", input: { id: id(n) }, invokedAtMs: 50 });
  const operations = [...writes(1, 2, 3), removal(1), removal(2)];
  const leaving = [...readOf(1, ids(1, 2, 3)), ...readOf(2, ids(2, 3))];
  assert.equal(run(ackedSet, { operations, ledger: leaving }).status, "unknown");
  const left = [...leaving, ...readOf(3, ids(2, 3)), ...readOf(4, ids(2, 3))];
  assert.equal(run(ackedSet, { operations, ledger: left }).status, "fail");
});

test("a read that lacks what the reads before and after it show proves no absence", () => {
  const operations = writes(1, 2, 3);
  const ledger = [...readOf(1, ids(1, 2)), ...readOf(2, ids(1)), ...readOf(3, ids(1, 2))];
  assert.deepEqual([said(run(ackedSet, { operations, ledger }))["lost"]], [1], "absent from reads 1 and 3");
  const seenOnce = [...readOf(1, ids(1, 2, 3)), ...readOf(2, ids(1)), ...readOf(3, ids(1, 2))];
  assert.equal(run(ackedSet, { operations, ledger: seenOnce }).status, "unknown", "absent from read 3 alone");
});

test("as many writes on two pages as on none, alike in every read, suggest an order with ties and accuse nothing", () => {
  const operations = writes(1, 2, 3, 4);
  const ledger = [...pagesOf(1, [1, 2], [3, 2]), ...pagesOf(2, [1, 2], [3, 2])];
  const [lost, twice] = [ackedSet, duplicates].map((checker) => said(run(checker, { operations, ledger })));
  assert.equal(lost?.status, "unknown");
  assert.match(lost?.because ?? "", /1 acknowledged writes are on no page/);
  assert.equal(twice?.status, "unknown");
  assert.match(twice?.because ?? "", /1 logical writes are on two pages/);
  const unanswered = [...writes(1, 2, 3), operation({ id: id(4), outcome: UNKNOWN })];
  assert.equal(run(duplicates, { operations: unanswered, ledger }).status, "unknown", "4 may be hidden behind 2");
});

test("two rows of one write on two pages are duplicates if nothing is hidden, and a loss beyond the ties is a loss", () => {
  const ledger = [...pagesOf(1, [1, 2], [3, 2]), ...pagesOf(2, [1, 2], [3, 2])];
  const twice = said(run(duplicates, { operations: writes(1, 2, 3), ledger }));
  assert.deepEqual([twice.status, twice["duplicated"]], ["fail", 1]);
  assert.equal(run(ackedSet, { operations: writes(1, 2, 3), ledger }).status, "pass");
  const lost = said(run(ackedSet, { operations: writes(1, 2, 3, 4, 5), ledger }));
  assert.deepEqual([lost.status, lost["lost"]], ["fail", 2]);
  const within = [...pagesOf(1, [1, 2, 2], [3]), ...pagesOf(2, [1, 2, 2], [3])];
  assert.equal(run(duplicates, { operations: writes(1, 2, 3, 4), ledger: within }).status, "fail", "on one page");
  const rows = [...ledger].map(
    (line): LedgerLine =>
      line.line === "item" ? { ...line, row: line.page === 2 && line.id === id(2) ? "9" : line.id } : line,
  );
  assert.equal(run(duplicates, { operations: writes(1, 2, 3, 4), ledger: rows }).status, "fail", "rows of their own");
  assert.equal(run(ackedSet, { operations: writes(1, 2, 3, 4), ledger: rows }).status, "fail", "and so is the loss");
});

test("a write that had time to expire is not lost, one that vanished earlier is, and expired writes alone prove nothing", () => {
  // The reads end at 105,010 and 110,010 ms.
  const claim = { ...claimOf("orders"), expiresMs: 60_000 };
  const at = (n: number, invokedAtMs: number) => operation({ id: id(n), invokedAtMs });
  const ledger = [...readOf(1, ids(2)), ...readOf(2, ids(2))];
  const judged = (...operations: ReturnType<typeof at>[]) => said(run(ackedSet, { claim, operations, ledger }));
  const fine = judged(at(1, 45_000), at(2, 70_000));
  assert.deepEqual([fine.status, fine["expired"], fine["lost"]], ["pass", 1, 0], fine.because);
  const early = judged(at(1, 60_000), at(2, 70_000));
  assert.deepEqual([early.status, early["lost"]], ["fail", 1], early.because);
  const between = judged(at(1, 47_000), at(2, 70_000));
  assert.equal(between.status, "unknown", "it was alive at the first read only: one more would decide");
  const empty = [...readOf(1, []), ...readOf(2, [])];
  const nothing = run(ackedSet, { claim, operations: [at(1, 45_000)], ledger: empty });
  assert.equal(nothing.status, "unknown");
  assert.match(String(nothing["because"]), /All 1 acknowledged writes may have expired/);
  assert.equal(run(ackedSet, { operations: [at(1, 45_000), at(2, 70_000)], ledger }).status, "fail", "undeclared");
});

test("a fault before which every acknowledged write has expired unseen was not tested", () => {
  const claim = { ...claimOf("orders"), expiresMs: 60_000 };
  const facts = factsOf({ faults: [{ experiment: "kill", bitAtMs: 20_000, healedAtMs: 21_000 }] });
  const operations = [operation({ id: id(1), invokedAtMs: 19_500 }), operation({ id: id(2), invokedAtMs: 90_000 })];
  const ledger = [...readOf(1, ids(2)), ...readOf(2, ids(2))];
  const finding = run(ackedSet, { claim, facts, operations, ledger });
  assert.equal(finding.status, "unknown");
  assert.match(String(finding["because"]), /"kill", so the loss of such a write was not tested/);
  assert.equal(finding.byExperiment?.["kill"]?.["acknowledgedLastSecond"], 0);
  const seen = [...readOf(1, ids(1, 2)), ...readOf(2, ids(2))];
  assert.equal(
    run(ackedSet, { claim, facts, operations, ledger: seen }).status,
    "pass",
    "it was present when the ledger was read",
  );
});
