import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { ControlCommand, InjectByHand } from "../control.ts";
import type { ExperimentPlan, Plan } from "../plan.ts";
import { until } from "../std/wait.ts";
import type { TimelineEvent } from "../timeline.ts";
import { followByHand } from "./by-hand.ts";
import { conduct } from "./conductor.ts";
import { type SimulatedRun, simulatedPlan, simulatedRun } from "./run.fixture.ts";
import { Steering } from "./steering.ts";

const LONG_MS = 60_000;
const inject: InjectByHand = { fault: "kill-leader", selector: { role: "postgres" }, parameters: {}, holdMs: LONG_MS };

interface Steered {
  readonly simulated: SimulatedRun;
  readonly targets: number[];
  follow(command: ControlCommand): ReturnType<typeof followByHand>;
  readonly end: ReturnType<typeof conduct>;
}

/** Conducts a run that people may steer, and resolves when its load is on. */
async function steered(context: TestContext, change: (plan: Plan) => Partial<Plan> = () => ({})): Promise<Steered> {
  const plan = simulatedPlan();
  const simulated = simulatedRun(context, { ...plan, experiments: [], calmMs: LONG_MS, ...change(plan) });
  const targets: number[] = [];
  const run = { ...simulated.run, steering: new Steering() };
  Object.assign(simulated.load, { setUsers: (target: number) => targets.push(target) });
  const end = conduct(run);
  await until(() => run.steering.load !== null, {
    what: "a load",
    deadlineMs: 5_000,
    everyMs: 1,
    signal: AbortSignal.timeout(10_000),
  });
  return { simulated, targets, end, follow: (command) => followByHand(run, command) };
}

async function ended({ follow, end, simulated }: Steered): Promise<readonly TimelineEvent[]> {
  await follow({ do: "stop", by: "page 1" });
  await end;
  return simulated.timeline();
}

function controls(timeline: readonly TimelineEvent[]) {
  return timeline.flatMap((event) => (event.type === "control" ? [[event.command, event.by, event.manual]] : []));
}

test("a fault by hand returns what it would hit, is injected, healed early, and recorded as by hand", async (context) => {
  const one = await steered(context);
  const dry = await one.follow({ do: "inject", by: "page 1", inject, dryRun: true });
  assert.deepEqual(dry.ok && dry.hit?.targets, [{ id: "postgres/n1", role: "postgres", node: "n1" }]);
  assert.deepEqual(dry.ok && [dry.hit?.name, dry.hit?.of], [null, { postgres: 3 }]);
  const moved = await one.follow({
    do: "inject",
    by: "page 1",
    inject: { ...inject, expectTargets: ["postgres/n3"] },
    dryRun: false,
  });
  assert.equal(!moved.ok && moved.refusal.code, "targets-moved");
  assert.equal(one.simulated.platform.stopped.size, 0);
  const done = await one.follow({
    do: "inject",
    by: "page 1",
    inject: { ...inject, expectTargets: ["postgres/n1"] },
    dryRun: false,
  });
  const name = done.ok ? (done.hit?.name ?? "") : "";
  assert.equal(name, "by hand 1: kill-leader");
  const heal = () => one.follow({ do: "heal", by: "page 2", experiment: name });
  await until(async () => (await heal()).ok, {
    what: "a fault that is held",
    deadlineMs: 5_000,
    everyMs: 1,
    signal: AbortSignal.timeout(10_000),
  });
  await until(() => one.simulated.platform.stopped.size === 0, {
    what: "a healed platform",
    deadlineMs: 5_000,
    everyMs: 1,
    signal: AbortSignal.timeout(10_000),
  });
  const timeline = await ended(one);
  const before = timeline.filter((event) => event.type === "health" && event.moment === "before-fault");
  assert.ok(
    before.length > 0 && before.every((event) => event.type === "health" && event.experiment === name && event.ok),
  );
  const begin = timeline.find((event) => event.type === "experiment" && event.edge === "begin");
  assert.deepEqual(begin?.type === "experiment" && [begin.byHand, begin.holdMs, begin.experiment], [
    true,
    LONG_MS,
    name,
  ]);
  assert.deepEqual(controls(timeline), [
    ["inject", "page 1", true],
    ["heal", "page 2", true],
    ["interrupt", "page 1", true],
  ]);
});

test("a second fault is refused while one is held, and stopping heals the first", async (context) => {
  const one = await steered(context);
  assert.ok((await one.follow({ do: "inject", by: "a", inject, dryRun: false })).ok);
  const second = await one.follow({ do: "inject", by: "b", inject, dryRun: false });
  assert.equal(!second.ok && second.refusal.status, 409);
  await ended(one);
  assert.equal(one.simulated.platform.stopped.size, 0);
});

test("the plan's own faults wait for one by hand, and one by hand is refused during the plan's faults", async (context) => {
  const planned: { experiments?: readonly ExperimentPlan[] } = {};
  const one = await steered(context, ({ experiments }) => {
    planned.experiments = experiments.map((each) => ({ ...each, holdMs: LONG_MS }));
    return { warmUpMs: 0, ...planned };
  });
  await until(() => one.simulated.platform.stopped.size === 1, {
    what: "the planned fault",
    deadlineMs: 5_000,
    everyMs: 1,
    signal: AbortSignal.timeout(10_000),
  });
  const refused = await one.follow({ do: "inject", by: "a", inject, dryRun: false });
  assert.equal(!refused.ok && refused.refusal.status, 409);
  await ended(one);
});

test("an unhealthy platform is not broken further, and an invalid fault is refused", async (context) => {
  const one = await steered(context);
  one.simulated.platform.healthy = () => false;
  const unhealthy = await one.follow({ do: "inject", by: "a", inject, dryRun: false });
  assert.equal(!unhealthy.ok && unhealthy.refusal.code, "platform-not-healthy");
  one.simulated.platform.healthy = () => true;
  for (const wrong of [
    { fault: "no-such" },
    { selector: { role: "no-such" } },
    { fault: "freeze" },
    { parameters: { x: 1 } },
  ]) {
    const refused = await one.follow({ do: "inject", by: "a", inject: { ...inject, ...wrong }, dryRun: false });
    assert.equal(!refused.ok && refused.refusal.status, 422, JSON.stringify(wrong));
  }
  assert.deepEqual(controls(await ended(one)), [["interrupt", "page 1", true]]);
});

test("the load can be changed only by a caller who has seen its last version", async (context) => {
  const one = await steered(context);
  const change = (target: number, version: string) =>
    one.follow({ do: "change-load", by: "page 1", target, unit: "users", version });
  assert.ok((await change(3, "0")).ok);
  const late = await change(4, "0");
  assert.equal(!late.ok && late.refusal.status, 412);
  assert.ok((await change(4, "1")).ok);
  const unit = await one.follow({ do: "change-load", by: "a", target: 1, unit: "arrivals-per-second", version: "2" });
  assert.equal(!unit.ok && unit.refusal.status, 422);
  assert.deepEqual(one.targets, [3, 4]);
  const timeline = await ended(one);
  assert.deepEqual(controls(timeline).slice(0, 2), [
    ["change-load", "page 1", true],
    ["change-load", "page 1", true],
  ]);
  const after = await one.follow({ do: "change-load", by: "a", target: 1, unit: "users", version: "2" });
  assert.equal(!after.ok && after.refusal.code, "no-load-now");
});

test("a mark is recorded and is not an intervention, and a second stop changes nothing", async (context) => {
  const one = await steered(context);
  await one.follow({ do: "mark", by: "page 1", says: "deployed" });
  await one.follow({ do: "stop", by: "page 1", because: "enough" });
  const timeline = await ended(one);
  assert.deepEqual(controls(timeline), [
    ["mark", "page 1", false],
    ["interrupt", "page 1", true],
  ]);
});
