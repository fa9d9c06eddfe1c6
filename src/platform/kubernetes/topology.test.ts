import assert from "node:assert/strict";
import { test } from "node:test";
import { healthyLook, podOf } from "./kubernetes.fixture.ts";
import { topologyOf } from "./topology.ts";

test("pods by role and nodes are targets, and leaders are those who say so of themselves", () => {
  const targets = topologyOf(healthyLook());
  assert.equal(targets.length, 12);
  assert.deepEqual(
    targets.filter(({ leader }) => leader).map(({ id, node }) => [id, node]),
    [
      ["postgres/pg-0", "worker-1"],
      ["redis/redis-0", "worker-1"],
    ],
  );
  assert.ok(targets.every(({ healthy }) => healthy));
});

test("a leader that nobody confirms leads no more, whatever its pod's label says", () => {
  const seen = healthyLook();
  const members =
    seen.postgres?.members.map((one) => (one.role === "leader" ? { ...one, state: "unconfirmed" } : one)) ?? [];
  const targets = topologyOf({ ...seen, postgres: { synchronous: true, members } });
  assert.deepEqual(
    targets.filter(({ role, leader }) => role === "postgres" && leader),
    [],
  );
});

test("a pod on its way out is no target; one that is not ready is not healthy", () => {
  const seen = healthyLook();
  const leaving = podOf("shop-9", "worker-1");
  const pods = {
    ...seen.pods,
    app: [
      { ...leaving, metadata: { ...leaving.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } },
      podOf("shop-8", "worker-1", { status: { phase: "Running", conditions: [{ type: "Ready", status: "False" }] } }),
    ],
  };
  const app = topologyOf({ ...seen, pods }).filter(({ role }) => role === "app");
  assert.deepEqual(
    app.map(({ id, healthy }) => [id, healthy]),
    [["app/shop-8", false]],
  );
});

test("without the right to list nodes, those that pods stand on are known by name", () => {
  const nodes = topologyOf({ ...healthyLook(), nodes: null }).filter(({ role }) => role === "node");
  assert.deepEqual(
    nodes.map(({ id }) => id),
    ["node/worker-1", "node/worker-2", "node/worker-3"],
  );
});
