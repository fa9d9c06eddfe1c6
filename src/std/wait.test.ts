import assert from "node:assert/strict";
import { test } from "node:test";
import { GamedayError } from "./errors.ts";
import { until } from "./wait.ts";

const signal = new AbortController().signal;

test("the result of the condition is returned", async () => {
  let looks = 0;
  assert.equal(
    await until(() => ++looks > 2 && "there", { what: "it", deadlineMs: 5_000, everyMs: 1, signal }),
    "there",
  );
});

test("a condition that throws is not met yet, and its last message becomes that of the error", async () => {
  const look = () => Promise.reject(new Error("no answer"));
  await assert.rejects(until(look, { what: "it", deadlineMs: 5, everyMs: 1, signal }), {
    code: "timed-out",
    message: "expected it within 0.0 s, got no answer",
  });
});

test("a final error ends the wait at once", async () => {
  const gone = new GamedayError({ code: "lab-gone", expected: "the lab to go on", got: "its end", isFinal: true });
  const look = () => Promise.reject(gone);
  await assert.rejects(until(look, { what: "it", deadlineMs: 600_000, everyMs: 600_000, signal }), gone);
  assert.equal(gone.withExitCode(4).isFinal, true);
});

test("aborting the wait during a pause throws the abort's own reason", async () => {
  const aborting = new AbortController();
  const reason = new GamedayError({ code: "interrupted", expected: "the run to go on", got: "SIGINT" });
  const waiting = until(() => false, { what: "it", deadlineMs: 60_000, everyMs: 60_000, signal: aborting.signal });
  setImmediate(() => aborting.abort(reason));
  await assert.rejects(waiting, reason);
});
