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

test("an interrupt during a fault heals it, stops the load and restores the platform", async (context) => {
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

test("the death of the load ends the run and is reported", async (context) => {
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

test("a platform that was never healthy receives no load, and the error names what was wrong", async (context) => {
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
    if (event.type === "control") bitten = false; // so that the last check does not take its whole deadline
  });
  await conduct(simulated.run);
  const timeline = simulated.timeline();
  assert.equal(timeline.filter((event) => event.type === "experiment" && event.edge === "begin").length, 1);
  assert.ok(timeline.some((event) => event.type === "control" && event.command === "stop"));
});

test("a report that cannot be written does not prevent the clean-up", async (context) => {
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

test("a platform that is not ready in time is an error with a message, not a bug", async (context) => {
  const simulated = simulatedRun(context);
  context.mock.timers.enable({ apis: ["setTimeout"] });
  simulated.platform.prepare = (signal?: AbortSignal) =>
    new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
  const waiting = conduct(simulated.run);
  context.mock.timers.tick(1_000_000);
  await assert.rejects(waiting, { name: "GamedayError", code: "timed-out", message: /platform to test within 180/ });
});

test("a platform that never answers health checks is unhealthy, and the wait for it is bounded", async (context) => {
  const simulated = simulatedRun(context);
  simulated.platform.health = () => new Promise(() => undefined); // ignores the signal as well
  const waiting = conduct(simulated.run);
  await until(() => simulated.platform.done.includes("prepare"), {
    what: "preparing",
    deadlineMs: 5_000,
    signal: context.signal,
  });
  simulated.run.stop.abort(new GamedayError({ code: "interrupted", expected: "health", got: "SIGINT" }));
  await assert.rejects(waiting, /SIGINT/);
});

test("a watch of the platform that breaks is restarted, and the timeline records for how long nothing was watched", async (context) => {
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

test("experiments together hold at the same time, and each has its own bite, healing and end", async (context) => {
  const plan = simulatedPlan();
  const [leader] = plan.experiments;
  assert.ok(leader);
  const other = {
    ...leader,
    name: "replica dies",
    fault: "kill-member",
    selector: { role: "postgres", leader: false },
    together: 0,
  };
  const simulated = simulatedRun(context, { ...plan, experiments: [{ ...leader, together: 0 }, other] });
  await conduct(simulated.run);
  const timeline = simulated.timeline();
  const firstAt = (edge: string, name: string) =>
    timeline.findIndex((event) => event.type === "fault" && event.edge === edge && event.experiment === name);
  for (const name of ["leader dies", "replica dies"]) {
    assert.ok(firstAt("bit", name) >= 0 && firstAt("healed", name) > firstAt("bit", name), name);
    const ends = timeline.filter(
      (event) => event.type === "experiment" && event.edge === "end" && event.experiment === name,
    );
    assert.equal(ends.length, 1, name);
  }
  const bites = Math.max(firstAt("bit", "leader dies"), firstAt("bit", "replica dies"));
  const heals = Math.min(firstAt("heal-commanded", "leader dies"), firstAt("heal-commanded", "replica dies"));
  assert.ok(bites < heals, "both hold at once");
  assert.equal(simulated.platform.stopped.size, 0);
});

test("if one of a group cannot be injected, the others are healed at once and all are recorded as aborted", async (context) => {
  const plan = simulatedPlan();
  const [leader] = plan.experiments;
  assert.ok(leader);
  const nobody = { ...leader, name: "nobody", selector: { role: "mysql" }, together: 0 };
  const simulated = simulatedRun(context, { ...plan, experiments: [{ ...leader, together: 0 }, nobody] });
  await conduct(simulated.run);
  const aborted = simulated
    .timeline()
    .flatMap((event) => (event.type === "experiment" && event.edge === "aborted" ? [event.experiment] : []));
  assert.deepEqual(aborted.sort(), ["leader dies", "nobody"]);
  assert.equal(simulated.platform.stopped.size, 0);
});

test("if one of a group fails half way, the others are healed before their time", async (context) => {
  const plan = simulatedPlan();
  const [leader] = plan.experiments;
  assert.ok(leader);
  const first = { ...leader, together: 0, holdMs: 5_000 };
  const second = { ...first, name: "replica dies", fault: "kill-member", selector: { leader: false } };
  const simulated = simulatedRun(context, { ...plan, experiments: [first, second] });
  let changes = 0;
  const assertGuarded = () => {
    changes++;
    if (changes === 2) throw new GamedayError({ code: "unguarded", expected: "a watchdog", got: "none" });
  };
  await conduct({ ...simulated.run, assertGuarded });
  const timeline = simulated.timeline();
  const edges = timeline.flatMap((event) => (event.type === "experiment" ? [`${event.edge} ${event.experiment}`] : []));
  assert.deepEqual(
    edges.filter((edge) => edge.startsWith("end")),
    [],
  );
  assert.equal(edges.filter((edge) => edge.startsWith("aborted")).length, 2);
  assert.equal(simulated.platform.stopped.size, 0);
});
