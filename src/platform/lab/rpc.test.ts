import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import { Caller, type Handler, serveCalls } from "./rpc.ts";

const signal = new AbortController().signal;

/** Serves calls in a folder of the test's own and returns a caller; all of it is gone after the test. */
async function callerOf(context: TestContext, handler: Handler): Promise<Caller> {
  const folder = mkdtempSync(join(tmpdir(), "gameday-rpc-"));
  const server = await serveCalls(join(folder, "control.sock"), handler, () => undefined);
  const caller = await Caller.open(join(folder, "control.sock"));
  context.after(() => {
    caller.close();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return caller;
}

test("an error of the lab arrives unchanged, whatever its message", async (context) => {
  const complaint = { code: "odd", expected: "a, got b", got: "c, got d", hint: "wait", exitCode: ExitCode.residue };
  const caller = await callerOf(context, () => Promise.reject(new GamedayError(complaint)));
  await assert.rejects(caller.call("any", null, signal), { ...complaint, isFinal: false });
});

test("a call to a lab whose process has ended fails at once, and so do later calls", async (context) => {
  const caller: Caller = await callerOf(context, (_call, _given, _emit, gone) => {
    setImmediate(() => caller.close());
    return new Promise((resolve) => gone.addEventListener("abort", () => resolve(null)));
  });
  const waiting = caller.call("health", null, signal);
  for (const call of [waiting, waiting.catch(() => caller.call("health", null, signal))]) {
    await assert.rejects(call, { code: "lab-gone", isFinal: true });
  }
});
