import assert from "node:assert/strict";
import { test } from "node:test";
import { GamedayError } from "../std/errors.ts";
import { askHolder, takeLock } from "./lock.ts";

const NAME = `test-${process.pid}`;
const first = { pid: process.pid, runId: "first", since: "2026-01-01T00:00:00Z" };

test("the second is refused and told who is first; after the first has gone, anybody may", async () => {
  {
    await using _lock = await takeLock(NAME, first);
    assert.deepEqual(await askHolder(NAME), first);
    await assert.rejects(
      takeLock(NAME, { ...first, runId: "second" }),
      (error: unknown) => error instanceof GamedayError && error.message.includes("run first") && error.exitCode === 4,
    );
  }
  assert.equal(await askHolder(NAME), null);
  await using _again = await takeLock(NAME, { ...first, runId: "second" });
});
