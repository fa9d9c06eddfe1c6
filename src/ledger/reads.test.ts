import assert from "node:assert/strict";
import { test } from "node:test";
import type { LedgerLine } from "../ledger.ts";
import { LedgerReads } from "./reads.ts";

interface Row {
  readonly id: string;
  readonly row?: string;
}

/** Builds one read from pages of ids (or rows). The end line counts the items correctly unless `over` overrides it. */
function readIn(read: number, pages: readonly (readonly (string | Row)[])[], over: object = {}): LedgerLine[] {
  const items = pages.flatMap((page, at) =>
    page.map((given): LedgerLine => {
      const row = typeof given === "string" ? { id: given } : given;
      return { line: "item", read, object: "orders", count: 1, page: at + 1, ...row };
    }),
  );
  const at = read * 1_000;
  const counted = { items: items.length, copies: items.length, pages: pages.map(({ length }) => length) };
  const times = { startedAtMs: at, completedAtMs: at + 10 };
  return [
    ...items,
    { line: "end", read, object: "orders", complete: true, source: "test", ...times, ...counted, ...over },
  ];
}

function readsOf(...lines: readonly LedgerLine[]): LedgerReads {
  const reads = new LedgerReads();
  for (const line of lines) {
    if (line.line === "end") reads.end(line);
    else reads.item(line);
  }
  return reads;
}

test("an end line whose counts differ from the lines makes its read prove nothing", () => {
  const whole = readIn(1, [["a", "b"], ["c"]]);
  assert.deepEqual(readsOf(...whole).complete(), [1]);
  for (const [flaw, lines] of [
    ["names 3 items, but has 0", whole.slice(-1)],
    ["counts 9 copies", readIn(1, [["a"]], { copies: 9 })],
    ["lacks items of some page", readIn(1, [["a", "b"], ["c"]], { pages: [1, 2] })],
    ["lacks items of some page", readIn(1, [["a"]], { pages: [1, 5] })],
    ["has no end line", whole.slice(0, -1)],
    ["has 2 end lines", [...whole, ...whole.slice(-1)]],
  ] as const) {
    const reads = readsOf(...lines);
    assert.deepEqual(reads.complete(), [], flaw);
    assert.ok(reads.whyIncomplete().includes(flaw), reads.whyIncomplete());
  }
});

test("old evidence counts neither copies nor pages, and is believed as before", () => {
  const lines = readIn(1, [["a"]], { copies: undefined, pages: undefined });
  assert.deepEqual(readsOf(...lines).complete(), [1]);
});

test("an id on two pages is believed if the read beside it shows the same pages, whatever the order within one", () => {
  const pages = [
    ["a", "b"],
    ["c", "a"],
  ];
  assert.deepEqual(readsOf(...readIn(1, pages)).complete(), []);
  assert.deepEqual(readsOf(...readIn(1, pages), ...readIn(2, [["b", "a"], pages[1] ?? []])).complete(), [1, 2]);
});

test("if the pages of each read show other ids twice, they shifted: those reads are incomplete, and one that shows none twice is complete", () => {
  const shifted = [...readIn(1, [["a", "b"], ["a"]]), ...readIn(2, [["b", "a"], ["b"]])];
  const reads = readsOf(...shifted, ...readIn(3, [["a", "b"], ["c"]]));
  assert.deepEqual(reads.complete(), [3]);
  assert.match(reads.whyIncomplete(), /read 1 shows 1 ids on more than one page.*shifted or overlap/);
});

test("pages that each begin with the last row of the one before overlap, in any number of reads", () => {
  const overlapping = [
    ["a", "b"],
    ["b", "c"],
    ["c", "d"],
  ];
  assert.deepEqual(readsOf(...readIn(1, overlapping), ...readIn(2, overlapping)).complete(), []);
  const wider = [
    ["a", "b", "c"],
    ["b", "c", "d"],
  ];
  assert.deepEqual(readsOf(...readIn(1, wider), ...readIn(2, wider)).complete(), []);
  const doubled = [["a", "b"], ["b", "c"], ["d"]];
  assert.deepEqual(readsOf(...readIn(1, doubled), ...readIn(2, doubled)).complete(), [1, 2], "at one edge of only two");
  const atTheEnd = [["a", "b", "c"], ["a"]];
  assert.deepEqual(readsOf(...readIn(1, atTheEnd), ...readIn(2, atTheEnd)).complete(), [1, 2], "a row that came later");
  const same = [
    ["a", "b"],
    ["a", "b"],
  ];
  assert.deepEqual(readsOf(...readIn(1, same), ...readIn(2, same)).complete(), [], "a cursor that the server ignores");
});

test("a row's own identity decides at once: two rows of one id are two, and one row on two pages is a page that shifted", () => {
  const two = [[{ id: "a", row: "1" }], [{ id: "a", row: "2" }]];
  assert.deepEqual(readsOf(...readIn(1, two)).complete(), [1]);
  const one = [
    [
      { id: "a", row: "1" },
      { id: "b", row: "2" },
    ],
    [{ id: "a", row: "1" }],
  ];
  assert.deepEqual(readsOf(...readIn(1, one), ...readIn(2, one)).complete(), []);
});
