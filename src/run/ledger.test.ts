import assert from "node:assert/strict";
import { test } from "node:test";
import { conduct } from "./conductor.ts";
import { type SimulatedRun, serveAudit, simulatedPlan, simulatedRun } from "./run.fixture.ts";

const claims = [
  { object: "orders", checkers: [], options: {}, source: { kind: "http" as const, path: "/audit/orders" } },
];

test("the ledger is read twice, page by page, and each read is complete only if all of it came", async (context) => {
  const simulated = simulatedRun(context, simulatedPlan({ experiments: [], claims }));
  const first = { items: [{ id: "a" }], complete: true, next: "2", source: "n1" };
  const second = { items: [{ id: "b", count: 2, value: 7 }], complete: true, next: null, source: "n1" };
  const asked = await serveAudit(context, simulated, [first, second, first, second]);
  await conduct(simulated.run);
  const lines = [...simulated.ledger()];
  assert.deepEqual(
    lines.map((line) =>
      line.line === "item"
        ? `${line.read} ${line.id} ${line.count}`
        : `${line.read} end ${line.complete} ${line.items}`,
    ),
    ["1 a 1", "1 b 2", "1 end true 2", "2 a 1", "2 b 2", "2 end true 2"],
  );
  assert.deepEqual(
    lines.map((line) => (line.line === "item" ? line.page : [line.copies, line.pages])),
    [1, 2, [3, [1, 1]], 1, 2, [3, [1, 1]]],
  );
  assert.deepEqual(asked.slice(0, 2), [
    "GET /audit/orders?run=simulated-1",
    "GET /audit/orders?run=simulated-1&cursor=2",
  ]);
});

const page = (...ids: string[]) => ({
  items: ids.map((id) => ({ id: `simulated-1/${id}` })),
  complete: true,
  next: null,
  source: "n1",
});

/** The number of items of each read, as recorded. */
const itemsOf = (simulated: SimulatedRun) =>
  [...simulated.ledger()].flatMap((line) => (line.line === "end" ? [line.items] : []));

test("rows that vanish cause more reads until two agree: they are gone, or a replica lagged behind", async (context) => {
  const simulated = simulatedRun(context, simulatedPlan({ experiments: [], claims }));
  await serveAudit(context, simulated, [page("a", "b"), page("a"), page("a", "b")]);
  await conduct(simulated.run);
  const reads = itemsOf(simulated);
  assert.deepEqual(reads.slice(0, 4), [2, 1, 2, 2]);
});

test("rows that still arrive cause more reads, within bounds", async (context) => {
  const simulated = simulatedRun(context, simulatedPlan({ experiments: [], claims }));
  const pages = ["a", "ab", "abc"].map((ids) => page(...ids));
  await serveAudit(context, simulated, pages);
  await conduct(simulated.run);
  const reads = itemsOf(simulated);
  assert.deepEqual(reads.slice(0, 4), [1, 2, 3, 3]);
  const ever = simulatedRun(context, simulatedPlan({ experiments: [], claims }));
  await serveAudit(
    context,
    ever,
    Array.from({ length: 30 }, (_, at) => page(...Array.from({ length: at + 1 }, (__, each) => `${each}`))),
  );
  await conduct(ever.run);
  assert.equal(itemsOf(ever).length, 12);
});

test("a read ends with the plan's time for all reads, and no other begins", async (context) => {
  const ledger = { quietMs: 1, betweenReadsMs: 60_000, withinMs: 1_000 };
  const simulated = simulatedRun(context, simulatedPlan({ experiments: [], claims, ledger }));
  await serveAudit(context, simulated, [page("a")]);
  await conduct(simulated.run);
  assert.deepEqual(itemsOf(simulated), [1]);
});

test("a ledger that cannot be read is recorded as incomplete, with the reason", async (context) => {
  const simulated = simulatedRun(context, simulatedPlan({ experiments: [], claims }));
  await serveAudit(context, simulated, [{ items: [{ id: "a" }], complete: false, next: null }]);
  await conduct(simulated.run);
  const ends = [...simulated.ledger()].filter((line) => line.line === "end");
  assert.ok(ends.length > 2, "more reads are tried");
  assert.ok(ends.every((end) => !end.complete && /not complete/.test(end.because ?? "")));
});

test("two claims about one object share its ledger, and each read is recorded once", async (context) => {
  const twice = [...claims, ...claims];
  const simulated = simulatedRun(context, simulatedPlan({ experiments: [], claims: twice }));
  await serveAudit(context, simulated, [{ items: [{ id: "a" }], complete: true, next: null }]);
  await conduct(simulated.run);
  const ends = [...simulated.ledger()].flatMap((line) => (line.line === "end" ? [line.read] : []));
  assert.deepEqual(ends, [1, 2]);
});

for (const count of ["", -1, 1.5, "many", null]) {
  test(`an item with a count of ${count} makes the read prove nothing`, async (context) => {
    const simulated = simulatedRun(context, simulatedPlan({ experiments: [], claims }));
    await serveAudit(context, simulated, [{ items: [{ id: "a", count }], complete: true, next: null }]);
    await conduct(simulated.run);
    const ends = [...simulated.ledger()].filter((line) => line.line === "end");
    assert.ok(ends.length > 0);
    assert.ok(ends.every((end) => !end.complete && /not a whole number/.test(end.because ?? "")));
  });
}

test("an app that is gone when the ledger is read is reported with the system's reason", async (context) => {
  const simulated = simulatedRun(context, simulatedPlan({ experiments: [], claims }));
  simulated.platform.baseUrl = "http://127.0.0.1:1";
  await conduct(simulated.run);
  const ends = [...simulated.ledger()].filter((line) => line.line === "end");
  assert.ok(
    ends.every((end) => /ECONNREFUSED|bad port/.test(end.because ?? "")),
    ends[0]?.because,
  );
});

test("a counter is read until it is at rest, although its id is not one of the run's own writes", async (context) => {
  const sold = { ...claims[0], object: "sold", checkers: ["counter-bounds"] } as (typeof claims)[number];
  const simulated = simulatedRun(context, simulatedPlan({ experiments: [], claims: [sold] }));
  const counted = (value: number) => ({ items: [{ id: "sold", value }], complete: true, next: null, source: "n1" });
  await serveAudit(context, simulated, [counted(3), counted(5), counted(5)]);
  await conduct(simulated.run);
  const values = [...simulated.ledger()].flatMap((line) => (line.line === "item" ? [line.value] : []));
  assert.deepEqual(values.slice(0, 3), [3, 5, 5]);
});
