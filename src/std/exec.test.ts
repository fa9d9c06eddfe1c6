import assert from "node:assert/strict";
import { test } from "node:test";
import { GamedayError } from "./errors.ts";
import { exec, tryExec } from "./exec.ts";

test("the output and the exit of a program are returned, whatever they are", async () => {
  const { code, stdout, stderr } = await tryExec(["sh", "-c", "echo out; echo err >&2; exit 3"]);
  assert.deepEqual([code, stdout, stderr], [3, "out\n", "err\n"]);
});

test("a program that does not end in time is reported as late, not as failed to start", async () => {
  const late = tryExec(["sleep", "60"], { deadlineMs: 20 });
  await assert.rejects(late, { code: "timed-out", message: /"sleep 60" to end within 0.0 s/ });
});

test("aborting throws the abort's own reason", async () => {
  const reason = new GamedayError({ code: "interrupted", expected: "the run to go on", got: "SIGINT" });
  const aborting = new AbortController();
  const running = tryExec(["sleep", "60"], { signal: aborting.signal });
  aborting.abort(reason);
  await assert.rejects(running, reason);
});

test("a program that does not exist is named", async () => {
  await assert.rejects(tryExec(["/nowhere/program"]), {
    code: "command-not-started",
    message: /got no program "\/nowhere\/program"$/,
  });
});

test("exec throws with the end of a failing program's output", async () => {
  await assert.rejects(exec(["sh", "-c", "echo broken >&2; exit 1"]), { code: "command-failed", message: /broken/ });
});
