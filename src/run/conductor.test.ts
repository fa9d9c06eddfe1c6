import assert from "node:assert/strict";
import { test } from "node:test";
import { GamedayError } from "../std/errors.ts";
import { until } from "../std/wait.ts";
import { PHASES, type TimelineEvent } from "../timeline.ts";
import { conduct } from "./conductor.ts";
import { simulatedPlan, simulatedRun } from "./run.fixture.ts";

function phases(timeline: readonly TimelineEvent[]): string[] {
  return timeline.flatMap((event) => (event.type === "phase" && event.edge === "begin" ? [event.phase] : []));
}

function edges(timeline: readonly TimelineEvent[]): string[] {
  return timeline.flatMap((event) => (event.type === "experiment" || event.type === "fault" ? [event.edge] : []));
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

test("a report that cannot be written keeps nobody from cleaning up", async (context) => {
  const simulated = simulatedRun(context, simulatedPlan({ experiments: [] }));
  const parts = {
    ...simulated.run.parts,
    reportSoFar: () => {
      throw new Error("ENOSPC: no space left on device");
    },
  };
  await conduct({ ...simulated.run, parts });
  assert.equal(simulated.platform.done.at(-1), "restore");
  const notes = simulated.timeline().flatMap((event) => (event.type === "note" ? [event.says] : []));
  assert.match(notes.join(), /ENOSPC/);
});

test("a platform that is not ready in time is an error with words, not a bug", async (context) => {
  const simulated = simulatedRun(context);
  context.mock.timers.enable({ apis: ["setTimeout"] });
  simulated.platform.prepare = (signal?: AbortSignal) =>
    new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
  const waiting = conduct(simulated.run);
  context.mock.timers.tick(1_000_000);
  await assert.rejects(waiting, { name: "GamedayError", code: "timed-out", message: /platform to test within 180/ });
});

test("a platform that never answers for its health is not healthy, and not waited for for ever", async (context) => {
  const simulated = simulatedRun(context);
  simulated.platform.health = () => new Promise(() => undefined); // deaf to the signal as well
  const waiting = conduct(simulated.run);
  await until(() => simulated.platform.done.includes("prepare"), {
    what: "preparing",
    deadlineMs: 5_000,
    signal: context.signal,
  });
  simulated.run.stop.abort(new GamedayError({ code: "interrupted", expected: "health", got: "SIGINT" }));
  await assert.rejects(waiting, /SIGINT/);
});

test("a watch of the platform that breaks is begun again, and the timeline says how long nobody looked", async (context) => {
  const simulated = simulatedRun(context, simulatedPlan({ experiments: [] }));
  let watches = 0;
  const { platform } = simulated;
  const watch = platform.watch.bind(platform);
  platform.watch = (emit, signal) =>
    watches++ === 0 ? Promise.reject(new Error("the socket closed")) : watch(emit, signal);
  await conduct(simulated.run);
  const gaps = simulated.timeline().filter((event) => event.type === "gap");
  assert.deepEqual(
    gaps.map(({ source, because }) => [source, because]),
    [["platform watch", "the socket closed"]],
  );
  assert.ok(gaps.every(({ fromMs, toMs }) => toMs >= fromMs));
});
