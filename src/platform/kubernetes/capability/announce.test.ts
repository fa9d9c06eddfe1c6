import assert from "node:assert/strict";
import { test } from "node:test";
import type { Capability } from "../../../platform.ts";
import { configOf } from "../kubernetes.fixture.ts";
import { MemoryApi } from "../memory-api.fixture.ts";
import type { Parts } from "../parts.ts";
import { announced, eventOf } from "./announce.ts";

const POD = { id: "postgres/pg-0", role: "postgres", node: "worker-1" };
const CHANGE = {
  id: "run-1/the leader dies/1",
  capability: "freeze",
  target: POD,
  parameters: {},
  prior: null,
  expiresAfterMs: null,
} as const;
const SIGNAL = new AbortController().signal;

test("each target gets an Event that names the run, in the namespace that its kind belongs to", () => {
  const now = new Date("2026-01-02T03:04:05.678Z");
  const pod = eventOf(CHANGE, "shop", now) as unknown as Record<string, unknown>;
  assert.deepEqual(pod["involvedObject"], { apiVersion: "v1", kind: "Pod", name: "pg-0", namespace: "shop" });
  assert.equal(pod["message"], "gameday run run-1 does this on purpose: freeze of postgres/pg-0");
  assert.equal(pod["firstTimestamp"], "2026-01-02T03:04:05Z");
  const target = { id: "node/worker-1", role: "node", node: "worker-1" };
  const node = eventOf({ ...CHANGE, capability: "cordon", target }, "shop", now);
  assert.equal(node.metadata.namespace, "default");
});

test("a cluster that takes no Event does not stop the change", async () => {
  const memory = new MemoryApi();
  memory.before = () => {
    throw new Error("forbidden");
  };
  const applied: string[] = [];
  const capability = {
    apply: async ({ id }: { id: string }) => void applied.push(id),
  } as unknown as Capability<"freeze">;
  const parts = { api: memory.api, config: configOf() } as unknown as Parts;
  const silences: string[] = [];
  await announced(parts, capability, (because) => silences.push(because)).apply(CHANGE, SIGNAL);
  assert.deepEqual(applied, [CHANGE.id]);
  await Promise.resolve();
  assert.deepEqual(silences, ["no Event on postgres/pg-0: forbidden"]);
});
