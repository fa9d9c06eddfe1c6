import assert from "node:assert/strict";
import { test } from "node:test";
import type { PodsPlan } from "../plan.ts";
import { podsFlags } from "./plan-needs.ts";

const SMALL: PodsPlan = { cpu: "500m", memory: "512Mi" };
const PLATFORM = {
  kind: "kubernetes",
  context: "staging",
  namespace: "shop",
  endpoint: "http://10.0.0.11:30080",
  app: { deployment: "shop" },
  postgres: { pods: { app: "pg" }, container: "postgres" },
  image: "registry.example/gameday:1",
};

test("the workers' pods take cluster, namespace and image from the platform, and stay off its databases' nodes", () => {
  const flags = podsFlags(SMALL, PLATFORM);
  const { context, namespace, image, keepOff, workerCpu, workerMemory } = flags;
  assert.deepEqual([context, namespace, image], ["staging", "shop", "registry.example/gameday:1"]);
  assert.deepEqual(keepOff, [{ namespace: "shop", labels: { app: "pg" } }]);
  assert.deepEqual([workerCpu, workerMemory], ["500m", "512Mi"]);
  assert.equal("advertise" in flags, false, "the address towards the cluster is determined");
});

test("settings of the plan for the pods take precedence over the platform's", () => {
  const given = { ...SMALL, image: "other:1", context: "load", namespace: "load", advertise: "10.0.0.5:7070" };
  const { context, namespace, image, advertise } = podsFlags(given, PLATFORM);
  assert.deepEqual([context, namespace, image, advertise], ["load", "load", "other:1", "10.0.0.5:7070"]);
});

test("pods on another platform need an image", () => {
  assert.throws(() => podsFlags(SMALL, { kind: "external" }), { code: "plan-pods-no-image" });
  assert.equal(podsFlags({ ...SMALL, image: "gameday:1" }, { kind: "external" }).keepOff, undefined);
});
