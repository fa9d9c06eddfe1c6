import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryPlatform } from "./memory-platform.ts";
import { Stage } from "./stage.ts";

test("a failure reports what was expected, what was seen, and all that happened until then, in order", async () => {
  const platform = new MemoryPlatform();
  const unwell = { id: "nodes", name: "nodes", expected: "3 on", seen: "n1, n2", ok: false };
  platform.health = () => Promise.resolve([unwell]);
  const stage = new Stage({ open: async () => platform, skips: {}, healthyWithinMs: 0, holdMs: 0 });
  await stage.open();
  try {
    const failure: unknown = await stage
      .play(async () => {
        stage.note("the fault bit");
        await stage.healthy();
      })
      .catch((thrown: unknown) => thrown);
    assert.ok(failure instanceof Error);
    assert.match(failure.message, /^expected a healthy platform within 0\.0 s, got nodes: expected 3 on, got n1, n2$/m);
    assert.match(failure.message, /0\.0\d s {2}the fault bit\n.* s {2}nodes: expected 3 on, got n1, n2$/);
  } finally {
    await stage.close();
  }
});
