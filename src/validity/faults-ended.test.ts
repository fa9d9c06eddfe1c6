import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsEnded } from "./faults-ended.ts";
import type { Ground } from "./rule.ts";

test("the healings of an experiment are listed in the order in which they were seen", () => {
  const changed = (target: string, healedAtMs: number) => {
    const seen = (atMs: number) => ({ target, atMs, witness: { atMs, says: `${target} is back`, source: "inside" } });
    return { target, capability: "stop", bite: seen(1), heal: seen(healedAtMs) };
  };
  const changes = [changed("node/n1", 9_000), changed("node/n2", 4_000)];
  const ground = { story: { experiments: [{ name: "two nodes", rounds: [{ changes }] }] } } as unknown as Ground;
  const { finding } = faultsEnded.judge(ground);
  assert.equal(finding.status, "pass");
  assert.deepEqual(
    finding.witnesses.map(({ atMs }) => atMs),
    [4_000, 9_000],
  );
});
