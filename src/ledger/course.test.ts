import assert from "node:assert/strict";
import { test } from "node:test";
import type { LedgerLine } from "../ledger.ts";
import type { Json } from "../std/json.ts";
import { type CourseOptions, ReadingCourse } from "./course.ts";

const ALL: CourseOptions = { prefix: null, expires: false };

type Ids = readonly string[] | Readonly<Record<string, Json>>;

/**
 * Feeds reads to a course, one per `everyMs`; null stands for a read that is not complete. Returns the number of reads made
 * before the course was over.
 */
function readsMade(options: CourseOptions, shown: readonly (Ids | null)[], everyMs = 1_000): number {
  const course = new ReadingCourse(options);
  for (const [at, ids] of shown.entries()) {
    if (course.isOver()) return at;
    for (const line of linesOf(at + 1, ids, at * everyMs)) course.line(line);
  }
  return course.isOver() ? shown.length : Number.POSITIVE_INFINITY;
}

function linesOf(read: number, ids: Ids | null, atMs: number): LedgerLine[] {
  const entries: [string, Json][] = Array.isArray(ids)
    ? ids.map((id: string) => [id, null])
    : Object.entries(ids ?? {});
  const items = entries.map(([id, value]): LedgerLine => ({ line: "item", read, object: "o", id, count: 1, value }));
  const [startedAtMs, completedAtMs, copies] = [atMs, atMs + 1, items.length];
  const end = { line: "end", read, object: "o", source: "t", startedAtMs, completedAtMs, copies } as const;
  return [...items, { ...end, items: items.length, complete: ids !== null }];
}

test("two complete reads that agree are enough, and an incomplete one is repeated", () => {
  assert.equal(readsMade(ALL, [["a"], ["a"], ["a"]]), 2);
  assert.equal(readsMade(ALL, [["a"], null, ["a"], ["a"]]), 3);
  assert.equal(readsMade(ALL, [null, null, null, null, null, null]), 4);
});

test("while rows come or go the ledger is read on, and then for twice as long as the changes lasted", () => {
  assert.equal(readsMade(ALL, [["a"], ["a", "b"], ["a", "b"], ["a", "b"]]), 4);
  const coming = [["a"], ["a", "b"], ["a", "b", "c"], ["a", "b", "c", "d"]];
  const rest = Array.from({ length: 8 }, () => ["a", "b", "c", "d"]);
  assert.equal(readsMade(ALL, [...coming, ...rest]), 10, "three seconds of changes, six of rest");
  assert.equal(readsMade(ALL, [["a", "b"], ["a"], ["a"], ["a"]]), 4, "what is absent from two reads is gone");
  const ever = Array.from({ length: 40 }, (_, at) => Array.from({ length: at + 1 }, (__, each) => `${each}`));
  assert.equal(readsMade(ALL, ever), 12, "bounded");
});

test("a number that still grows is not at rest either, but a time stamp in a value does not matter", () => {
  assert.equal(readsMade(ALL, [{ sold: 5 }, { sold: "7" }, { sold: "7" }, { sold: "7" }]), 4);
  assert.equal(readsMade(ALL, [{ a: "10:00:01" }, { a: "10:00:02" }]), 2);
});

test("other people's rows may come and go, and so may rows that expire", () => {
  const mine = { prefix: "run/", expires: false };
  assert.equal(
    readsMade(mine, [
      ["run/1", "x"],
      ["run/1", "x", "y"],
    ]),
    2,
  );
  const expiring = { prefix: null, expires: true };
  assert.equal(readsMade(expiring, [["a", "b"], ["a"]]), 2);
  assert.equal(readsMade(expiring, [["a"], ["a", "b"], ["a", "b"], ["a", "b"]]), 4);
});

test("the pause grows with the time during which rows kept coming", () => {
  const course = new ReadingCourse(ALL);
  for (const [at, ids] of [["a"], ["a", "b"]].entries())
    for (const line of linesOf(at + 1, ids, at * 10_000)) course.line(line);
  assert.equal(course.pauseMs(3_000), 5_000.5);
  assert.equal(new ReadingCourse(ALL).pauseMs(3_000), 3_000);
});
