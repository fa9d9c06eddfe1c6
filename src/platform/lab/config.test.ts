import assert from "node:assert/strict";
import { test } from "node:test";
import { labConfig, resolvedLabConfig, upWithinMs } from "./config.ts";

const least = { kind: "lab", app: { command: ["node", "app.js"] } };

test("a command is all that a lab needs", () => {
  const config = labConfig.parse(least);
  assert.equal(config.etcd, 1);
  assert.equal(config.postgres.synchronous, true);
  assert.equal(config.postgres.ttl, 8_000);
  assert.equal(config.redis.minReplicasToWrite, 1);
  assert.equal(config.app.replicas, 3);
});

test("durations are read with units, and parsing a parsed configuration changes nothing", () => {
  const config = labConfig.parse({ ...least, postgres: { ttl: "30s", synchronous: false } });
  assert.equal(config.postgres.ttl, 30_000);
  assert.deepEqual(resolvedLabConfig.parse(config), config);
});

test("an unknown key is an error at its place", () => {
  const { error } = labConfig.safeParse({ ...least, postgres: { tll: "30s" } });
  assert.deepEqual(error?.issues[0]?.path, ["postgres"]);
  assert.match(error?.issues[0]?.message ?? "", /tll/);
});

test("an app without a command is an error", () => {
  assert.equal(labConfig.safeParse({ kind: "lab", app: { command: [] } }).success, false);
});

test("an autoscaler is written as in Kubernetes, and parsing it again changes nothing", () => {
  const target = { type: "Utilization", averageUtilization: 60 };
  const autoscaler = {
    minReplicas: 3,
    maxReplicas: 10,
    metrics: [{ type: "Resource", resource: { name: "cpu", target } }],
    behavior: { scaleDown: { stabilizationWindowSeconds: 30 } },
  };
  const config = labConfig.parse({ kind: "lab", app: { command: ["x"], autoscaler } });
  assert.equal(config.app.autoscaler?.behavior.scaleDown.stabilizationWindowSeconds, 30);
  assert.equal(config.app.autoscaler?.behavior.scaleUp.policies.length, 2);
  assert.deepEqual(resolvedLabConfig.parse(config), config);
});

test("a boot may take as long as the plan gives the app's readiness and preparation, however long that is", () => {
  const within = (readiness: string, more = {}) =>
    upWithinMs(labConfig.parse({ kind: "lab", app: { command: ["app"], readiness: { within: readiness }, ...more } }));
  assert.ok(within("240s") > 240_000);
  assert.ok(within("2h") > 7_200_000);
  assert.ok(within("240s", { prepare: ["migrate"], prepareTimeout: "10m" }) > 840_000);
});
