import assert from "node:assert/strict";
import { test } from "node:test";
import type { WatchEvent } from "../../kubernetes.ts";
import type { Clock } from "../../std/clock.ts";
import { isRecord } from "../../std/json.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { configOf, podOf } from "./kubernetes.fixture.ts";
import { OwnStress } from "./own-stress.ts";
import type { Parts } from "./parts.ts";
import { PodWatch } from "./watch.ts";

/** Replays a CPU fault from 10 s to 20 s; the autoscaler wants more replicas at each of these seconds. Returns the pods that it records. */
function recorded(metric: object, seconds: readonly number[]): unknown[] {
  let nowMs = 0;
  const clock = { nowMs: () => nowMs } as Clock;
  const ownStress = new OwnStress();
  const parts = { clock, ownStress, config: configOf({ autoscaler: "shop" }) } as unknown as Parts;
  const events: TimelineEvent[] = [];
  const watch = new PodWatch(parts, (event) => events.push(event));
  const event: WatchEvent = { type: "ADDED", object: podOf("shop-1", "worker-1") };
  watch.see(event);
  return seconds.map((second, index) => {
    nowMs = second * 1_000;
    if (second >= 10) ownStress.began("run-1/cpu/1", ["shop-1"]);
    if (second >= 20) ownStress.ended("run-1/cpu/1", 20_000);
    watch.seeAutoscaler({
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "shop" },
      ...{ spec: { metrics: [metric] }, status: { desiredReplicas: 4 + index } },
    });
    const last = events.at(-1);
    return last?.type === "replicas" && isRecord(last.detail) ? last.detail["ownStress"] : "no event";
  });
}

test("replicas that an autoscaler on Resource wants during a CPU fault of ours, and shortly after it, are marked", () => {
  const metric = { type: "Resource", resource: { name: "cpu" } };
  assert.deepEqual(recorded(metric, [5, 12, 40, 85]), [undefined, ["shop-1"], ["shop-1"], undefined]);
});

test("an autoscaler on ContainerResource does not see our fault", () => {
  const metric = { type: "ContainerResource", containerResource: { name: "cpu", container: "shop" } };
  assert.deepEqual(recorded(metric, [12]), [undefined]);
});
