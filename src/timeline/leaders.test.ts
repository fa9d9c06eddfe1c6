import assert from "node:assert/strict";
import { test } from "node:test";
import { leaderAt, leadersOf } from "./leaders.ts";

const change = (atMs: number, target: string, is: string, was: string) =>
  ({ type: "role", role: "postgres", atMs, target, is, was }) as const;

test("a leader leads until it is seen without the lead or another one has it, and in between there is none", () => {
  const [postgres, ...others] = leadersOf([
    change(0, "postgres/n2", "replica", "unknown"),
    change(0, "postgres/n1", "leader", "unknown"),
    change(100, "postgres/n1", "stopped", "leader"),
    change(400, "postgres/n2", "leader", "replica"),
    change(700, "postgres/n3", "primary", "replica"),
    change(750, "postgres/n2", "replica", "leader"),
  ]);
  assert.deepEqual(others, []);
  assert.ok(postgres !== undefined);
  const led = [50, 100, 399, 400, 699, 700, 9_000].map((atMs) => leaderAt(postgres, atMs));
  assert.deepEqual(led, ["postgres/n1", null, null, "postgres/n2", "postgres/n2", "postgres/n3", "postgres/n3"]);
});
