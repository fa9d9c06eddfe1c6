/** Properties that must hold for any configuration, load and history. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type AutoscalerConfig, type AutoscalerSamples, autoscalerStep, INITIAL_STATE } from "../autoscaler.ts";
import { configOf, podOf, samplesOf } from "./autoscaler.fixture.ts";
import { recompute, recordedStep, type SyncRecord } from "./recompute.ts";

const policy = fc.record({
  type: fc.constantFrom("Pods", "Percent"),
  value: fc.integer({ min: 1, max: 200 }),
  periodSeconds: fc.integer({ min: 1, max: 120 }),
});
const rules = fc.record({
  stabilizationWindowSeconds: fc.integer({ min: 0, max: 300 }),
  selectPolicy: fc.constantFrom("Max", "Min", "Disabled"),
  policies: fc.array(policy, { minLength: 1, maxLength: 3 }),
});
const config = fc
  .record({
    minReplicas: fc.integer({ min: 1, max: 5 }),
    maxReplicas: fc.integer({ min: 5, max: 40 }),
    behavior: fc.record({ scaleUp: rules, scaleDown: rules }),
    target: fc.integer({ min: 5, max: 150 }),
  })
  .map(({ target, ...more }) => configOf(more, target));

const pod = fc.record({
  usage: fc.option(fc.integer({ min: 0, max: 400 })),
  ready: fc.boolean(),
  age: fc.integer({ min: 0, max: 900_000 }),
  phase: fc.constantFrom("Running", "Running", "Running", "Pending", "Failed"),
});
const pods = fc
  .array(pod, { maxLength: 15 })
  .map((given) =>
    given.map(({ usage, age, ...more }, n) =>
      podOf(`p${n}`, usage, { ...more, startedAtMs: -age, readyChangedAtMs: -age / 2 } as never),
    ),
  );
const samples = fc.record({ currentReplicas: fc.integer({ min: 1, max: 45 }), pods });
const load = fc.array(fc.integer({ min: 0, max: 6_000 }), { minLength: 5, maxLength: 40 });

/** Simulates a load (in percent of one pod's request, spread over the replicas) with a sync every 15 s. */
function play(of: AutoscalerConfig, loads: readonly number[], start = of.minReplicas): SyncRecord[] {
  const records: SyncRecord[] = [];
  let state = INITIAL_STATE;
  let replicas = start;
  for (const [n, percent] of loads.entries()) {
    const step = recordedStep(of, state, samplesOf(replicas, percent / replicas), n * 15_000);
    state = step.state;
    replicas = step.record.decision.desiredReplicas;
    records.push(step.record);
  }
  return records;
}

test("the count stays within its bounds", () => {
  const held = fc.property(config, samples, (of, seen) => {
    const { desiredReplicas } = autoscalerStep(of, INITIAL_STATE, seen, 1_000).decision;
    return desiredReplicas >= of.minReplicas && desiredReplicas <= of.maxReplicas;
  });
  fc.assert(held);
});

test("the count never moves against the metric, nor further than the metric demands", () => {
  const held = fc.property(config, load, (of, loads) =>
    play(of, loads).every(({ samples: { currentReplicas: current }, decision }) => {
      const { recommended, desiredReplicas: desired } = decision;
      if (recommended === null || desired === current) return true;
      return desired > current
        ? desired <= Math.max(recommended, of.minReplicas)
        : desired >= Math.min(recommended, of.maxReplicas);
    }),
  );
  fc.assert(held);
});

test("more load never gives fewer replicas", () => {
  const held = fc.property(
    config,
    fc.integer({ min: 1, max: 30 }),
    fc.integer({ min: 0, max: 400 }),
    fc.integer({ min: 0, max: 100 }),
    (of, replicas, usage, more) => {
      const desired = (percent: number) =>
        autoscalerStep(of, INITIAL_STATE, samplesOf(replicas, percent), 0).decision.desiredReplicas;
      return desired(usage) <= desired(usage + more);
    },
  );
  fc.assert(held);
});

test("it never goes below the highest recommendation of the scale-down window", () => {
  const held = fc.property(config, load, (of, loads) => {
    const records = play(of, loads);
    const windowMs = of.behavior.scaleDown.stabilizationWindowSeconds * 1_000;
    return records.every(({ atMs, samples: { currentReplicas }, decision }) => {
      if (decision.desiredReplicas >= currentReplicas || decision.recommended === null) return true;
      const recent = records.filter((other) => other.atMs > atMs - windowMs && other.atMs <= atMs);
      return recent.every(({ decision: { recommended } }) => (recommended ?? 0) <= currentReplicas);
    });
  });
  fc.assert(held);
});

test("while the load only rises or only falls, the count never changes by more pods a period than the policy allows", () => {
  const value = fc.integer({ min: 1, max: 6 });
  const held = fc.property(
    value,
    fc.integer({ min: 1, max: 90 }),
    load,
    fc.boolean(),
    (most, seconds, loads, rising) => {
      const policies = [{ type: "Pods", value: most, periodSeconds: seconds }];
      const behavior = { scaleUp: { policies }, scaleDown: { policies, stabilizationWindowSeconds: 0 } };
      const sorted = loads.toSorted((a, b) => (rising ? a - b : b - a));
      const records = play(configOf({ maxReplicas: 100, behavior }), sorted, rising ? 1 : 100);
      return records.every(({ atMs, decision }) => {
        const begin = records.find((other) => other.atMs > atMs - seconds * 1_000);
        const change = decision.desiredReplicas - (begin?.samples.currentReplicas ?? 0);
        return Math.abs(change) <= most;
      });
    },
  );
  fc.assert(held);
});

test("an additional pod without metrics never makes a change larger", () => {
  const held = fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 300 }), (replicas, usage) => {
    const of = configOf({ behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } });
    const known = samplesOf(replicas, usage);
    const silent: AutoscalerSamples = { currentReplicas: replicas + 1, pods: [...known.pods, podOf("silent", null)] };
    const average = { ...silent, pods: [...known.pods, podOf("silent", usage)] };
    const change = (seen: AutoscalerSamples) =>
      autoscalerStep(of, INITIAL_STATE, seen, 0).decision.desiredReplicas - seen.currentReplicas;
    return Math.abs(change(silent)) <= Math.abs(change(average));
  });
  fc.assert(held);
});

test("every decision can be computed again from its record, and each state follows from the one before", () => {
  const held = fc.property(config, load, (of, loads) => {
    const records = JSON.parse(JSON.stringify(play(of, loads))) as SyncRecord[];
    assert.deepEqual(recompute(of, records), []);
  });
  fc.assert(held);
});

test("a fabricated decision or state is detected", () => {
  const held = fc.property(config, load, fc.nat(), fc.constantFrom(-1, 1), (of, loads, which, lie) => {
    const records = play(of, loads);
    const at = which % records.length;
    const { decision, before, ...rest } = records[at] as SyncRecord;
    const desiredReplicas = decision.desiredReplicas + lie;
    const lied = recompute(of, records.with(at, { ...rest, before, decision: { ...decision, desiredReplicas } }));
    assert.match(lied[0]?.says ?? "", /its samples give \d+ replicas, but it decided \d+/);
    if (at === 0) return;
    const invented = { ...before, scalings: [...before.scalings, { atMs: rest.atMs - 1, change: 7 }] };
    const broken = recompute(of, records.with(at, { ...rest, before: invented, decision }));
    assert.match(broken[0]?.says ?? "", /does not follow from the previous sync/);
  });
  fc.assert(held);
});
