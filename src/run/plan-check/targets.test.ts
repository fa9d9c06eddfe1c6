/** What `gameday check` says that a run would hit is what the run hits. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryPlatform, THREE_NODES, target } from "../../../test/contract/memory-platform.ts";
import { FAULTS } from "../../fault/catalogue.ts";
import type { ExperimentPlan } from "../../plan.ts";
import { CAPABILITIES } from "../../platform/capability.ts";
import type { Target } from "../../platform.ts";
import type { Run } from "../../run.ts";
import { monotonicClock } from "../../std/clock.ts";
import type { Json } from "../../std/json.ts";
import { injectExperiment } from "../inject.ts";
import { simulatedPlan } from "../run.fixture.ts";
import { checkTargets } from "./targets.ts";

const FIVE_NODES = ["a", "b", "c", "d", "e"].flatMap((node, index) => [
  target(`node/${node}`),
  target(`postgres/${node}`, { leader: index === 3 }),
  target(`redis/${node}`, { leader: index === 4 }),
  target(`app/${node}-1`),
  target("haproxy/switch", { id: `haproxy/${node}` }),
]);

/** Parameters without which a kind has no default, or would wait between its rounds. */
const GIVEN: Readonly<Record<string, Record<string, Json>>> = {
  command: { inject: ["true"], verify: ["true"], heal: ["true"] },
  "rolling-restart": { pauseMs: 0 },
  "repeated-kills": { downMs: 0, pauseMs: 0, times: 2 },
};

function experimentsOf(seed: number): ExperimentPlan[] {
  return FAULTS.map(({ name, defaultSelector }, index) => ({
    name: `${name} ${seed}`,
    fault: name,
    selector: index % 2 === seed % 2 ? {} : { ...defaultSelector, count: 1 + (seed % 2) },
    parameters: GIVEN[name] ?? {},
    holdMs: 1,
    recoverWithinMs: 1,
    settleMs: 1,
    blastRadius: { percentMax: 100 },
  }));
}

/** Injects the experiment as a run does, and returns the changes that were made. */
async function hitBy(experiment: ExperimentPlan, topology: readonly Target[], seed: string): Promise<string[]> {
  const platform = new MemoryPlatform();
  platform.targets = topology;
  const written = { intend: async () => {}, reverted: async () => {}, healed: async () => {} };
  const run = {
    runId: "run",
    planFolder: "/plans",
    seed,
    clock: monotonicClock(),
    platform,
    journal: written,
    evidence: { event: () => undefined },
    stop: new AbortController(),
    assertGuarded: () => undefined,
  } as unknown as Run;
  for (const name of CAPABILITIES) platform.mends.add(name);
  await using injection = await injectExperiment(run, experiment, () => undefined);
  return injection.changes.map(({ capability, target: { id }, parameters }) => lineOf(capability, id, parameters));
}

function lineOf(capability: string, id: string, parameters: unknown): string {
  return `${capability} ${id} ${JSON.stringify(parameters)}`;
}

test("the check of a plan chooses exactly the targets that a run with this seed hits", async () => {
  const draws = new Set<string>();
  for (let seed = 0; seed < 12; seed++) {
    const topology = seed % 3 === 0 ? FIVE_NODES : THREE_NODES;
    const plan = simulatedPlan({ experiments: experimentsOf(seed) });
    const parsed = { plan, placeOf: () => ({ file: "plan.yaml" }) };
    const { experiments, problems } = checkTargets(parsed, topology, { seed: String(seed), planFolder: "/plans" });
    const refused = problems.map(({ code }) => code);
    assert.equal(experiments.length + refused.length, FAULTS.length);
    assert.ok(experiments.length > FAULTS.length / 2, refused.join());
    for (const { experiment, requests } of experiments) {
      const planned = requests.map((one) => lineOf(one.capability, one.target.id, one.parameters));
      const hit = await hitBy(experiment, topology, String(seed));
      assert.deepEqual(hit.slice(0, planned.length), planned, experiment.name);
      draws.add(planned.join());
    }
  }
  assert.ok(draws.size > 3 * FAULTS.length, "different seeds draw different targets");
});
