/**
 * Tests read-your-writes, monotonic-reads and staleness.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Operation } from "../history.ts";
import type { Json } from "../std/json.ts";
import { claimOf, ok, operation, run, UNKNOWN } from "./evidence.fixture.ts";
import { monotonicReads } from "./monotonic-reads.ts";
import { readYourWrites } from "./read-your-writes.ts";
import { staleness } from "./staleness.ts";

const KEY = "cart";

function write(by: string, input: Json, from: number, to: number | null): Operation {
  const outcome = to === null ? UNKNOWN : ok(null);
  return operation({ process: by, kind: "write", key: KEY, input, invokedAtMs: from, completedAtMs: to, outcome });
}

function read(by: string, output: Json, from: number, key = KEY): Operation {
  return operation({ process: by, kind: "read", key, invokedAtMs: from, completedAtMs: from + 1, outcome: ok(output) });
}

function add(by: string, id: string, from: number, to: number): Operation {
  return operation({ process: by, kind: "add", key: "all", id, invokedAtMs: from, completedAtMs: to });
}

test("read-your-writes: an older value or none fails; a newer or overlapping one does not", () => {
  const before = [write("b", 1, 0, 10), write("a", 2, 20, 30)];
  const status = (...more: Operation[]) => run(readYourWrites, { operations: [...before, ...more] }).status;
  assert.equal(status(read("a", 2, 40)), "pass");
  assert.equal(status(read("a", 1, 40)), "fail");
  assert.equal(status(read("a", null, 40)), "fail");
  assert.equal(status(write("b", 3, 25, 28), read("a", 3, 40)), "pass");
  assert.equal(status(write("b", 4, 5, null), read("a", 4, 40)), "pass");
});

test("read-your-writes: other sessions may read old values, and a session without a comparison is unknown", () => {
  const operations = [write("b", 1, 0, 10), write("a", 2, 20, 30), read("c", 1, 40)];
  assert.equal(run(readYourWrites, { operations }).status, "unknown");
});

test("read-your-writes: a session sees its own elements, unless they were removed", () => {
  const seen = (ids: string[]) => read("a", ids, 40, "all");
  const adds = [add("a", "x", 0, 10), add("b", "y", 0, 10)];
  const status = (...more: Operation[]) => run(readYourWrites, { operations: [...adds, ...more] }).status;
  assert.deepEqual([status(seen(["x"])), status(seen(["y"]))], ["pass", "fail"]);
  const removal = operation({ kind: "remove", key: "all", input: { id: "x" }, invokedAtMs: 15 });
  assert.equal(status(removal, seen(["y"])), "unknown");
});

test("monotonic-reads: a return to a surely older value fails, to an overlapping one does not", () => {
  const writes = [write("w", 1, 0, 10), write("w", 2, 20, 30)];
  const status = (operations: Operation[]) => run(monotonicReads, { operations }).status;
  assert.equal(status([...writes, read("a", 1, 40), read("a", 2, 50)]), "pass");
  assert.equal(status([...writes, read("a", 2, 40), read("a", 1, 50)]), "fail");
  assert.equal(status([...writes, read("a", 2, 40), read("b", 1, 50)]), "unknown");
  const overlapping = [write("v", 1, 0, 25), write("w", 2, 20, 30)];
  assert.equal(status([...overlapping, read("a", 2, 40), read("a", 1, 50)]), "pass");
});

test("monotonic-reads: the newest value counts, not just the last read", () => {
  const operations = [
    write("w", 1, 0, 10),
    write("w", 2, 20, 30),
    write("v", 3, 0, null),
    read("a", 2, 40),
    read("a", 3, 50),
    read("a", 1, 60),
  ];
  assert.equal(run(monotonicReads, { operations }).status, "fail");
});

test("monotonic-reads: an element that was seen must not vanish", () => {
  const adds = [add("w", "x", 0, 10), add("w", "y", 0, 10)];
  const status = (...lists: string[][]) =>
    run(monotonicReads, { operations: [...adds, ...lists.map((ids, index) => read("a", ids, 20 + index * 10, "all"))] })
      .status;
  assert.deepEqual([status(["x"], ["x", "y"]), status(["x", "y"], ["y"])], ["pass", "fail"]);
});

test("staleness: an old value passes within the declared lag and fails beyond it", () => {
  const operations = [write("w", 1, 0, 10), write("w", 2, 100, 110), read("a", 1, 400)];
  const finding = (declaredLagMs: number) =>
    run(staleness, { claim: claimOf("orders", { declaredLagMs }), operations });
  assert.deepEqual([finding(500).status, finding(200).status], ["pass", "fail"]);
  assert.equal(finding(500).figures["staleMsMax"], 290);
});

test("staleness: an element that is late by more than the lag fails", () => {
  const operations = [
    add("w", "x", 0, 10),
    add("w", "y", 0, 100),
    read("a", ["x"], 150, "all"),
    read("a", ["y", "x"], 300, "all"),
  ];
  const status = (declaredLagMs: number) =>
    run(staleness, { claim: claimOf("orders", { declaredLagMs }), operations }).status;
  assert.deepEqual([status(60), status(40)], ["pass", "fail"]);
});

test("staleness: the result is unknown if nothing was acknowledged before any read", () => {
  assert.equal(run(staleness, { operations: [read("a", null, 5), write("w", 1, 10, 20)] }).status, "unknown");
});
