import assert from "node:assert/strict";
import { test } from "node:test";
import { healthOf } from "./health.ts";
import { configOf, healthyLook, nodeOf } from "./kubernetes.fixture.ts";
import type { Look } from "./look.ts";

const bad = (seen: Look) =>
  healthOf(seen, configOf(), null)
    .filter(({ ok }) => !ok)
    .map(({ name }) => name);

test("a platform in order has no line that does not hold", () => {
  assert.deepEqual(bad(healthyLook()), []);
  assert.ok(healthOf(healthyLook(), configOf(), null).length >= 6);
});

test("each thing that is missing is named by its own line", () => {
  const seen = healthyLook();
  const { postgres, redis } = seen;
  assert.ok(postgres !== null && redis !== null);
  assert.deepEqual(bad({ ...seen, nodes: [nodeOf("worker-1", { unschedulable: true })] }), ["nodes"]);
  assert.deepEqual(bad({ ...seen, nodes: [nodeOf("worker-1", { ready: false })] }), ["nodes"]);
  assert.deepEqual(bad({ ...seen, deployment: null }), ["app replicas"]);
  assert.deepEqual(bad({ ...seen, pods: { ...seen.pods, app: [] } }), ["app replicas"]);
  const replicas = postgres.members.map((one) => (one.role === "sync_standby" ? { ...one, role: "replica" } : one));
  assert.deepEqual(bad({ ...seen, postgres: { ...postgres, members: replicas } }), ["postgres sync standby"]);
  assert.deepEqual(bad({ ...seen, postgres: { members: [], synchronous: null } }), [
    "postgres members",
    "postgres sync standby",
  ]);
  const unlinked = redis.members.map((one) => ({ ...one, linkUp: false }));
  assert.deepEqual(bad({ ...seen, redis: { ...redis, members: unlinked } }), ["redis members"]);
  const down = redis.sentinels.map((one) => ({ ...one, flags: "master,s_down" }));
  assert.deepEqual(bad({ ...seen, redis: { ...redis, sentinels: down } }), ["redis sentinels"]);
});

test("an asynchronous cluster is not asked for a synchronous standby", () => {
  const seen = healthyLook();
  const postgres = { members: seen.postgres?.members ?? [], synchronous: false };
  const names = healthOf({ ...seen, postgres }, configOf(), null).map(({ name }) => name);
  assert.ok(!names.includes("postgres sync standby"));
});

test("an autoscaler without metrics for a moment is well; one that cannot scale is not", () => {
  const autoscaler = (status: string) => ({
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler" as const,
    metadata: { name: "shop" },
    spec: { minReplicas: 3, maxReplicas: 10 },
    status: {
      conditions: [
        { type: "AbleToScale", status, reason: "r" },
        { type: "ScalingActive", status: "False", reason: "FailedGetContainerResourceMetric" },
      ],
    },
  });
  const lineOf = (status: string) =>
    healthOf(healthyLook(), configOf({ autoscaler: "shop" }), autoscaler(status)).find(
      ({ name }) => name === "autoscaler",
    );
  assert.equal(lineOf("True")?.ok, true);
  assert.equal(lineOf("False")?.ok, false);
});
