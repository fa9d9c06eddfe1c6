import assert from "node:assert/strict";
import { test } from "node:test";
import { GamedayError } from "../std/errors.ts";
import { askHolder, askHolders, takeLock, takeSharedLock } from "./lock.ts";

const NAME = `test-${process.pid}`;
const first = { pid: process.pid, runId: "first", since: "2026-01-01T00:00:00Z" };

test("the second run is refused with the name of the first, and may begin after the first has ended", async () => {
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

test("runs that share a lock coexist with each other and with one that holds it alone, and all are found", async () => {
  const name = `${NAME}-shared`;
  const idsOf = async () => (await askHolders(name)).map(({ runId }) => runId).sort();
  {
    await using _alone = await takeLock(name, { ...first, runId: "alone" });
    await using _one = await takeSharedLock(name, { ...first, runId: "one" });
    await using _two = await takeSharedLock(name, { ...first, runId: "two" });
    assert.deepEqual(await idsOf(), ["alone", "one", "two"]);
  }
  assert.deepEqual(await idsOf(), []);
});
