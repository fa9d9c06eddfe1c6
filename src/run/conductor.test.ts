import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { GamedayError } from "../std/errors.ts";
import { PHASES, type TimelineEvent } from "../timeline.ts";
import { conduct } from "./conductor.ts";
import { type SimulatedRun, simulatedPlan, simulatedRun } from "./run.fixture.ts";

function phases(timeline: readonly TimelineEvent[]): string[] {
  return timeline.flatMap((event) => (event.type === "phase" && event.edge === "begin" ? [event.phase] : []));
}

function edges(timeline: readonly TimelineEvent[]): string[] {
  return timeline.flatMap((event) => (event.type === "experiment" || event.type === "fault" ? [event.edge] : []));
}

/** Serves an audit of the given pages and a clean-up that leaves `remaining`. */
async function serveAudit(
  context: TestContext,
  simulated: SimulatedRun,
  pages: readonly object[],
  remaining: number,
): Promise<string[]> {
  const asked: string[] = [];
  let page = 0;
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const body = request.method === "POST" ? { remaining } : (pages[page++] ?? pages.at(-1));
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  simulated.platform.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return asked;
}

test("a run goes through its phases in order, and every fault has its stamps", async (context) => {
  const simulated = simulatedRun(context);
  const conducted = await conduct(simulated.run);
  assert.deepEqual(conducted, { endedEarly: null, residue: 0 });
  const timeline = simulated.timeline();
  assert.deepEqual(phases(timeline), [...PHASES]);
  assert.deepEqual(edges(timeline), ["begin", "commanded", "bit", "heal-commanded", "healed", "end"]);
  assert.deepEqual(simulated.platform.done, [
    "prepare",
    "apply postgres/n1",
    "revert postgres/n1",
    "collect",
    "restore",
  ]);
  assert.equal(simulated.load.stops, 1);
  assert.equal(simulated.probes.stops, 1);
});

test("an interrupt in the middle of a fault heals it, stops the load and restores", async (context) => {
  const plan = simulatedPlan();
  const simulated = simulatedRun(context, {
    ...plan,
    experiments: plan.experiments.map((one) => ({ ...one, holdMs: 60_000 })),
  });
  simulated.run.evidence.onEvent((event) => {
    if (event.type === "fault" && event.edge === "bit") simulated.run.stop.abort(new Error("Ctrl-C"));
  });
  const conducted = await conduct(simulated.run);
  assert.match(conducted.endedEarly ?? "", /Ctrl-C/);
  assert.deepEqual(simulated.platform.done, ["prepare", "apply postgres/n1", "revert postgres/n1", "restore"]);
  assert.equal(simulated.platform.stopped.size, 0);
  assert.equal(simulated.load.stops, 1);
  assert.ok(edges(simulated.timeline()).includes("aborted"));
});

test("the death of the load ends the run and is told", async (context) => {
  const plan = simulatedPlan();
  const simulated = simulatedRun(context, {
    ...plan,
    experiments: plan.experiments.map((one) => ({ ...one, holdMs: 60_000 })),
  });
  simulated.run.evidence.onEvent((event) => {
    if (event.type === "fault" && event.edge === "bit")
      simulated.load.die(new GamedayError({ code: "load-died", expected: "a load", got: "SIGKILL" }));
  });
  const conducted = await conduct(simulated.run);
  assert.match(conducted.endedEarly ?? "", /SIGKILL/);
  assert.equal(simulated.platform.stopped.size, 0);
});

test("a platform that was never healthy is not loaded, and the error says what was wrong", async (context) => {
  const simulated = simulatedRun(context);
  simulated.platform.healthy = () => false;
  simulated.run.stop.signal.addEventListener("abort", () => undefined);
  const waiting = conduct(simulated.run);
  simulated.run.stop.abort(new GamedayError({ code: "interrupted", expected: "health", got: "SIGINT" }));
  await assert.rejects(waiting, /SIGINT/);
  assert.equal(simulated.load.stops, 0);
});

test("after a fault from which the platform does not recover, no further fault is injected", async (context) => {
  const plan = simulatedPlan();
  const twice = plan.experiments.flatMap((one) => [
    { ...one, recoverWithinMs: 50 },
    { ...one, name: "second" },
  ]);
  const simulated = simulatedRun(context, { ...plan, experiments: twice });
  let bitten = false;
  simulated.platform.healthy = () => !bitten;
  simulated.run.evidence.onEvent((event) => {
    if (event.type === "fault" && event.edge === "bit") bitten = true;
    if (event.type === "control") bitten = false; // so that the last look does not take its whole deadline
  });
  await conduct(simulated.run);
  const timeline = simulated.timeline();
  assert.equal(timeline.filter((event) => event.type === "experiment" && event.edge === "begin").length, 1);
  assert.ok(timeline.some((event) => event.type === "control" && event.command === "stop"));
});

test("the ledger is read twice, page by page, and closed with complete only when all of it came", async (context) => {
  const claims = [
    { object: "orders", checkers: [], options: {}, source: { kind: "http" as const, path: "/audit/orders" } },
  ];
  const simulated = simulatedRun(context, simulatedPlan({ experiments: [], claims }));
  const first = { items: [{ id: "a" }], complete: true, next: "2", source: "n1" };
  const second = { items: [{ id: "b", count: 2, value: 7 }], complete: true, next: null, source: "n1" };
  const asked = await serveAudit(context, simulated, [first, second, first, second], 0);
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
  assert.deepEqual(asked.slice(0, 2), [
    "GET /audit/orders?run=simulated-1",
    "GET /audit/orders?run=simulated-1&cursor=2",
  ]);
});

test("a ledger that cannot be read is recorded as not complete, with the reason", async (context) => {
  const claims = [
    { object: "orders", checkers: [], options: {}, source: { kind: "http" as const, path: "/audit/orders" } },
  ];
  const simulated = simulatedRun(context, simulatedPlan({ experiments: [], claims }));
  await serveAudit(context, simulated, [{ items: [{ id: "a" }], complete: false, next: null }], 0);
  await conduct(simulated.run);
  const ends = [...simulated.ledger()].filter((line) => line.line === "end");
  assert.ok(ends.length > 2, "more reads are tried");
  assert.ok(ends.every((end) => !end.complete && /not complete/.test(end.because ?? "")));
});

test("rows that a clean-up leaves, and what the platform could not restore, are residue", async (context) => {
  const simulated = simulatedRun(
    context,
    simulatedPlan({ experiments: [], cleanUp: { kind: "http", method: "POST", path: "/clean-up" } }),
  );
  await serveAudit(context, simulated, [], 3);
  simulated.platform.residue = [{ what: "a rule", where: "n2" }];
  const conducted = await conduct(simulated.run);
  assert.equal(conducted.residue, 2);
  const residue = simulated.timeline().flatMap((event) => (event.type === "residue" ? [event.what] : []));
  assert.match(residue.join(), /3 rows remain.*a rule/);
});
