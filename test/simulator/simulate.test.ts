import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evidence } from "../../src/evidence.ts";
import type { Operation } from "../../src/history.ts";
import type { LedgerItem } from "../../src/ledger.ts";
import { lieNamed } from "../../src/platform/fake/lie.ts";
import { DRILLS, type DrillName } from "./drill.ts";
import { type SimulationOptions, simulateRun } from "./simulate.ts";

function bytesOf({ run, timeline, operations, intervals, ledger }: Evidence): string {
  return JSON.stringify([run, timeline, [...operations()], [...intervals()], [...ledger()]]);
}

function itemsOf(evidence: Evidence, object: string, read = 2): Map<string, LedgerItem> {
  const lines = [...evidence.ledger()].filter((line) => line.line === "item");
  return new Map(lines.filter((line) => line.object === object && line.read === read).map((line) => [line.id, line]));
}

function operationsOf(evidence: Evidence, object: string): Operation[] {
  return [...evidence.operations()].filter((operation) => operation.object === object);
}

function lostOf(evidence: Evidence, object: string): string[] {
  const items = itemsOf(evidence, object);
  const operations = operationsOf(evidence, object);
  const removed = new Set(operations.filter(({ kind }) => kind === "remove").map(({ key }) => key));
  const added = operations.filter(({ kind, outcome }) => kind === "add" && outcome.type === "ok");
  return added.map(({ id }) => id).filter((id) => !items.has(id) && !removed.has(id));
}

const short: Partial<SimulationOptions> = { warmUpMs: 3000, calmMs: 3000, users: 6 };

test("the same seed gives the same bytes, and another seed gives others", () => {
  const run = (seed: string) => bytesOf(simulateRun({ seed, ...short, drills: ["kill-redis-leader"] }));
  assert.equal(run("7"), run("7"));
  assert.notEqual(run("7"), run("8"));
});

for (const name of Object.keys(DRILLS) as DrillName[]) {
  test(`an honest platform keeps its promises through ${name}`, () => {
    for (const seed of ["1", "2", "3"]) honest(simulateRun({ seed, ...short, drills: [name] }));
  });
}

function honest(evidence: Evidence): void {
  for (const object of ["orders", "sessions"]) {
    assert.deepEqual(lostOf(evidence, object), [], `${object} lost`);
    const attempted = new Set(operationsOf(evidence, object).map(({ id }) => id));
    for (const item of itemsOf(evidence, object).values()) {
      assert.equal(item.count, 1, item.id);
      assert.ok(attempted.has(item.id), `unexpected ${item.id}`);
    }
  }
  counterWithinBounds(evidence);
  schemaSane(evidence);
}

function counterWithinBounds(evidence: Evidence): void {
  const operations = operationsOf(evidence, "sold");
  const ok = operations.filter(({ outcome }) => outcome.type === "ok").length;
  const unknown = operations.filter(({ outcome }) => outcome.type === "unknown").length;
  const value = Number(itemsOf(evidence, "sold").get("sold")?.value);
  assert.ok(ok > 0 && value >= ok && value <= ok + unknown, `${ok} <= ${value} <= ${ok + unknown}`);
}

function schemaSane(evidence: Evidence): void {
  const attempts = new Set<string>();
  let completedMs = 0;
  for (const { id, attempt, intendedAtMs, invokedAtMs, completedAtMs } of evidence.operations()) {
    assert.ok(!attempts.has(`${id} ${attempt}`), `${id} twice`);
    attempts.add(`${id} ${attempt}`);
    const endMs = completedAtMs ?? Number.POSITIVE_INFINITY;
    assert.ok(intendedAtMs <= invokedAtMs && invokedAtMs <= endMs, `${id} ends before it begins`);
    assert.ok(endMs >= completedMs, `${id} is out of order`);
    completedMs = endMs;
  }
  const stamps = evidence.timeline.map(({ atMs }) => atMs);
  assert.deepEqual(
    stamps,
    [...stamps].sort((a, b) => a - b),
  );
}

test("writers feel a leader's death on both connections, and recover while the fault holds", () => {
  const evidence = simulateRun({ seed: "5", ...short });
  const bite = evidence.timeline.find((event) => event.type === "fault" && event.edge === "bit");
  const heal = evidence.timeline.find((event) => event.type === "fault" && event.edge === "heal-commanded");
  assert.ok(bite !== undefined && heal !== undefined);
  for (const connection of ["kept", "fresh"]) {
    const failed = operationsOf(evidence, "orders").filter(
      ({ probe, outcome }) => probe?.connection === connection && outcome.type !== "ok",
    );
    const last = Math.max(...failed.map(({ invokedAtMs }) => invokedAtMs));
    assert.ok(failed.length >= 10, `${failed.length} failed`);
    assert.ok(last > bite.atMs && last < heal.atMs);
  }
});

test("a platform that lies about data has lost what it acknowledged", () => {
  const lost = (lie: string, drill: DrillName, object = "orders") =>
    lostOf(simulateRun({ seed: "3", ...short, drills: [drill], changes: [lieNamed(lie).change] }), object).length;
  assert.ok(lost("drops-acknowledged-write", "restart-leader") > 0);
  assert.ok(lost("async-replication", "kill-postgres-leader") > 0);
  assert.ok(lost("early-201", "kill-replicas") > 0);
  assert.ok(lost("split-brain", "freeze-leader") > 0);
  assert.ok(lost("unprotected-redis", "cut-redis-node", "sessions") > 0);
  assert.ok(lost("sessions-in-memory", "kill-replicas", "sessions") > 0);
});
