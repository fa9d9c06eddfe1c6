/** Tests the examples of Kubernetes' documentation and of its KEP 853, and the cases that these describe in words. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { configOf, podOf, samplesOf } from "./autoscaler/autoscaler.fixture.ts";
import {
  type AutoscalerConfig,
  type AutoscalerSamples,
  type AutoscalerState,
  autoscalerStep,
  INITIAL_STATE,
} from "./autoscaler.ts";

/** Syncs every `everySeconds` with a constant usage (or load, so that usage falls as replicas rise); returns the counts. */
function play(
  config: AutoscalerConfig,
  start: number,
  usage: (replicas: number) => number,
  syncs: number,
  everySeconds = 15,
) {
  const counts = [start];
  let state: AutoscalerState = INITIAL_STATE;
  for (let n = 0; n < syncs; n++) {
    const replicas = counts.at(-1) ?? start;
    const step = autoscalerStep(config, state, samplesOf(replicas, usage(replicas)), n * everySeconds * 1_000);
    state = step.state;
    counts.push(step.decision.desiredReplicas);
  }
  return counts;
}

const decide = (config: AutoscalerConfig, samples: AutoscalerSamples, nowMs = 0, state = INITIAL_STATE) =>
  autoscalerStep(config, state, samples, nowMs).decision;
const NO_WAIT = { stabilizationWindowSeconds: 0 };
const conditionOf = (decision: ReturnType<typeof decide>, type: string) => {
  const found = decision.conditions.find((condition) => condition.type === type);
  return `${found?.status} ${found?.reason}`;
};

test("usage at twice the target doubles the count, and at half of it halves it", () => {
  assert.equal(decide(configOf(), samplesOf(4, 100)).desiredReplicas, 8);
  const config = configOf({ behavior: { scaleDown: NO_WAIT } });
  assert.equal(decide(config, samplesOf(4, 25)).desiredReplicas, 2);
});

test("within a tenth of the target nothing changes", () => {
  for (const usage of [46, 50, 54]) assert.equal(decide(configOf(), samplesOf(10, usage)).desiredReplicas, 10);
  assert.equal(decide(configOf(), samplesOf(10, 56)).desiredReplicas, 12);
});

test("each direction may have its own tolerance", () => {
  const config = configOf({ behavior: { scaleUp: { tolerance: 0 } } });
  assert.equal(decide(config, samplesOf(10, 51)).desiredReplicas, 11);
  assert.equal(decide(config, samplesOf(10, 46)).desiredReplicas, 10);
});

test("by default 3 to 10 needs two syncs, and every sync adds at most 4 pods or doubles the count", () => {
  assert.deepEqual(
    play(configOf({ maxReplicas: 10 }), 3, () => 400, 3),
    [3, 7, 10, 10],
  );
  assert.deepEqual(
    play(configOf(), 1, () => 1_000, 4),
    [1, 5, 10, 20, 40],
  );
});

test("by default 10 to 3 cannot begin before 300 s, and then takes one sync", () => {
  const counts = play(configOf({ minReplicas: 3 }), 10, () => 1, 24);
  assert.deepEqual(new Set(counts.slice(0, 21)), new Set([10]));
  assert.equal(counts.indexOf(3), 21); // the sync at 300 s is number 20, counted from 0
});

test("KEP 853: the count rises as fast as possible with 900 % a minute", () => {
  const policies = [{ type: "Percent", value: 900, periodSeconds: 60 }];
  const config = configOf({ maxReplicas: 10_000, behavior: { scaleUp: { policies } } });
  assert.deepEqual(
    play(config, 1, () => 100_000, 3, 60),
    [1, 10, 100, 1_000],
  );
});

test("KEP 853: the count falls slowly with 1 pod in 10 minutes", () => {
  const policies = [{ type: "Pods", value: 1, periodSeconds: 600 }];
  const counts = play(configOf({ behavior: { scaleUp: { policies } } }), 1, () => 1_000, 12, 300);
  assert.deepEqual(counts, [1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7]);
});

test("the documentation's example falls from 80 by 10 % or 4 pods a minute, whichever is more", () => {
  const policies = [
    { type: "Pods", value: 4, periodSeconds: 60 },
    { type: "Percent", value: 10, periodSeconds: 60 },
  ];
  const config = configOf({ minReplicas: 10, behavior: { scaleDown: { ...NO_WAIT, policies } } });
  const counts = play(config, 80, () => 1, 14, 60);
  assert.deepEqual(counts.slice(0, 4), [80, 72, 64, 57]);
  const below = counts.filter((count) => count < 40 && count > 14);
  for (const [at, count] of below.entries()) if (at > 0) assert.equal((below[at - 1] ?? 0) - count, 4);
});

test("selectPolicy Min takes the smaller change, Disabled takes none", () => {
  const policies = [
    { type: "Pods", value: 4, periodSeconds: 60 },
    { type: "Percent", value: 10, periodSeconds: 60 },
  ];
  const slow = configOf({ behavior: { scaleDown: { ...NO_WAIT, policies, selectPolicy: "Min" } } });
  assert.equal(decide(slow, samplesOf(80, 1)).desiredReplicas, 76);
  const off = configOf({ behavior: { scaleDown: { ...NO_WAIT, selectPolicy: "Disabled" } } });
  assert.equal(decide(off, samplesOf(80, 1)).desiredReplicas, 80);
});

test("the maximum limits the count to 6 where 10 would be needed, and the condition reports it", () => {
  const decision = decide(configOf({ maxReplicas: 6 }), samplesOf(6, 100));
  assert.equal(decision.desiredReplicas, 6);
  assert.equal(conditionOf(decision, "ScalingLimited"), "True TooManyReplicas");
  const idle = decide(configOf({ minReplicas: 3, behavior: { scaleDown: NO_WAIT } }), samplesOf(3, 1));
  assert.deepEqual([idle.desiredReplicas, conditionOf(idle, "ScalingLimited")], [3, "True TooFewReplicas"]);
});

test("a count out of bounds is corrected whatever the metric, and a count of 0 is left alone", () => {
  const config = configOf({ minReplicas: 3, maxReplicas: 10 });
  assert.equal(decide(config, { currentReplicas: 1, pods: [] }).desiredReplicas, 3);
  assert.equal(decide(config, samplesOf(12, 100)).desiredReplicas, 10);
  const none = decide(config, { currentReplicas: 0, pods: [] });
  assert.deepEqual([none.desiredReplicas, conditionOf(none, "ScalingActive")], [0, "False ScalingDisabled"]);
});

test("without metrics, or with a pod that has no request, nothing changes, and ScalingActive reports why", () => {
  const blind = decide(configOf(), samplesOf(3, null));
  assert.deepEqual([blind.desiredReplicas, blind.utilization], [3, null]);
  assert.equal(conditionOf(blind, "ScalingActive"), "False FailedGetResourceMetric");
  const pods = [podOf("a", 100), podOf("b", 100, { requestMilli: null })];
  const undeclared = decide(configOf(), { currentReplicas: 2, pods });
  assert.equal(conditionOf(undeclared, "ScalingActive"), "False FailedGetResourceMetric");
});

test("a pod without metrics is assumed to be busy when others are idle, and idle when others are busy", () => {
  const config = configOf({ behavior: { scaleDown: NO_WAIT } });
  const idle = { currentReplicas: 4, pods: [...samplesOf(3, 10).pods, podOf("x", null)] };
  assert.equal(decide(config, idle).desiredReplicas, 3); // (10 + 10 + 10 + 100) / 4 = 32 %
  const busy = { currentReplicas: 4, pods: [...samplesOf(3, 100).pods, podOf("x", null)] };
  assert.equal(decide(config, busy).desiredReplicas, 6); // (100 + 100 + 100 + 0) / 4 = 75 %
  const right = { currentReplicas: 4, pods: [...samplesOf(3, 50).pods, podOf("x", null)] };
  assert.equal(decide(config, right).desiredReplicas, 4); // at the target, there is no direction to be cautious about
});

test("a pod that is pending or not ready yet counts as idle on the way up, and is ignored on the way down", () => {
  const starting = podOf("x", 900, { ready: false, startedAtMs: -5_000, readyChangedAtMs: -5_000 });
  const up = { currentReplicas: 4, pods: [...samplesOf(3, 100).pods, starting] };
  assert.equal(decide(configOf(), up).desiredReplicas, 6);
  const pending = podOf("x", null, { phase: "Pending", startedAtMs: null, readyChangedAtMs: null });
  assert.equal(decide(configOf(), { ...up, pods: [...samplesOf(3, 100).pods, pending] }).desiredReplicas, 6);
  const config = configOf({ behavior: { scaleDown: NO_WAIT } });
  const down = { currentReplicas: 4, pods: [...samplesOf(3, 10).pods, pending] };
  assert.equal(decide(config, down).desiredReplicas, 1);
});

test("pods that are being deleted or have failed are ignored", () => {
  const gone = [podOf("x", 900, { deleting: true }), podOf("y", 900, { phase: "Failed" })];
  assert.equal(
    decide(configOf(), { currentReplicas: 3, pods: [...samplesOf(3, 50).pods, ...gone] }).desiredReplicas,
    3,
  );
});

test("CPU during startup is ignored until the pod is ready and one whole window has passed", () => {
  const at = (usageAtMs: number) =>
    podOf("x", 900, {
      startedAtMs: 0,
      readyChangedAtMs: 10_000,
      usage: { milli: 9_000, atMs: usageAtMs, windowMs: 5_000 },
    });
  const seen = (pod: ReturnType<typeof at>) =>
    decide(configOf(), { currentReplicas: 1, pods: [pod] }, 20_000).utilization;
  assert.equal(seen(at(14_000)), null);
  assert.equal(seen(at(15_000)), 900);
});

test("after the initialisation period a pod that was ready once counts, and one that never was does not", () => {
  const unready = (readyChangedAtMs: number) => podOf("x", 100, { ready: false, startedAtMs: 0, readyChangedAtMs });
  const seen = (pod: ReturnType<typeof unready>) =>
    decide(configOf(), { currentReplicas: 1, pods: [pod] }, 400_000).utilization;
  assert.equal(seen(unready(350_000)), 100);
  assert.equal(seen(unready(29_000)), null);
});

test("a short peak is ignored if scale-up has a stabilisation window too", () => {
  const config = configOf({ behavior: { scaleUp: { stabilizationWindowSeconds: 60 } } });
  const usage = [50, 50, 200, 50, 50];
  let state: AutoscalerState = INITIAL_STATE;
  for (const [n, percent] of usage.entries()) {
    const step = autoscalerStep(config, state, samplesOf(5, percent), n * 15_000);
    assert.equal(step.decision.desiredReplicas, 5);
    if (percent === 200) assert.equal(conditionOf(step.decision, "AbleToScale"), "True ScaleUpStabilized");
    state = step.state;
  }
});

test("utilisation is rounded down to whole percent", () => {
  const pods = [podOf("a", 50.9), podOf("b", 50.9)];
  assert.equal(decide(configOf(), { currentReplicas: 2, pods }).utilization, 50);
});
