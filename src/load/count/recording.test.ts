import assert from "node:assert/strict";
import { test } from "node:test";
import type { Recorded } from "../../scenario.ts";
import { HttpReply } from "../http/reply.ts";
import { userOn } from "../user/user.fixture.ts";

const operation: Recorded = { object: "orders", kind: "add", id: "1", input: null };
const reply = async () => new HttpReply(200, null, null);
const round: Record<string, unknown> = {};
round["itself"] = round;

test("what cannot be written down is told to the script, before it costs everybody's operations", async () => {
  const { user, operations } = userOn("http://127.0.0.1:1");
  for (const [given, says] of [
    [{ ...operation, input: { n: 10n } }, /the input of an operation as JSON, got a bigint/],
    [{ ...operation, input: round }, /the input .* got one that holds itself/],
    [{ ...operation, output: () => ({ n: 10n }) }, /the output of an operation as JSON, got a bigint/],
    [{}, /an operation with object, kind and id/],
  ] as const)
    await assert.rejects(async () => user.record(given as unknown as Recorded, reply), says);
  await assert.rejects(
    user.record("read", null, async () => 1, { object: "orders", output: () => round as never }),
    /one that holds itself/,
  );
  assert.deepEqual(
    operations.map(({ outcome }) => outcome),
    [
      { type: "unknown", code: "script-error" },
      { type: "unknown", code: "script-error" },
    ],
    "both had been made",
  );
  JSON.stringify(operations);
});
