import assert from "node:assert/strict";
import { test } from "node:test";
import type { Capability, Change } from "../../../platform.ts";
import { until } from "../../../std/wait.ts";
import { ChangeRegistry } from "./registry.ts";

const signal = new AbortController().signal;

/** A capability that only records its calls; reverting fails while `stuck` returns true. */
function remembering(log: string[], stuck = () => false): Capability {
  return {
    prior: async () => null,
    apply: async (change) => void log.push(`apply ${change.id}`),
    bitten: async () => null,
    revert: async (change) => {
      if (stuck()) throw new Error("stuck");
      log.push(`revert ${change.id}`);
    },
    healed: async () => ({ atMs: 1, says: "well", source: "test" }),
  };
}

const change = (id: string, expiresAfterMs: number | null = null): Change => ({
  id,
  capability: "stop",
  target: { id: "postgres/n1", role: "postgres", node: "n1" },
  parameters: {},
  prior: null,
  expiresAfterMs,
});

test("a change that expires is reverted without a request", async () => {
  const log: string[] = [];
  const registry = new ChangeRegistry({ stop: remembering(log) });
  await registry.can.stop?.apply(change("a", 20), signal);
  await until(() => log.includes("revert a"), { what: "the expiry", deadlineMs: 2_000, everyMs: 5, signal });
  assert.equal(registry.isTouched("postgres/n1", "n1"), false);
});

test("all changes in force are reverted, last first, and those that cannot be are residue", async () => {
  const log: string[] = [];
  let stuck = true;
  const registry = new ChangeRegistry({ stop: remembering(log, () => stuck) });
  await registry.can.stop?.apply(change("a"), signal);
  await registry.can.stop?.apply(change("b"), signal);
  assert.equal(registry.isTouched("postgres/n1", "n1"), true);
  assert.equal((await registry.revertAll(signal)).length, 2);
  stuck = false;
  assert.deepEqual(await registry.revertAll(signal), []);
  assert.deepEqual(log, ["apply a", "apply b", "revert b", "revert a"]);
  assert.deepEqual(await registry.revertAll(signal), []);
});

test("a change that the platform itself repaired is no longer in force", async () => {
  const registry = new ChangeRegistry({ stop: remembering([]) });
  await registry.can.stop?.apply(change("a"), signal);
  await registry.can.stop?.healed(change("a"), signal);
  assert.equal(registry.isTouched("postgres/n1", "n1"), false);
});
