import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import type { ControlCommand } from "../control.ts";
import { parseCommand } from "./command.ts";
import { killSwitchPath, readKillSwitch, setKillSwitch } from "./kill-switch.ts";
import { listening, register } from "./registry.ts";
import { controlPath, listenForControl, sendControl } from "./socket.ts";

function stateFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "gameday-control-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const RUN = { runId: "r1", pid: process.pid, folder: "/runs/r1" };

test("a command reaches the run and its reply comes back, and the socket and its folder are for one user", async (context) => {
  const state = stateFolder(context);
  const path = controlPath(state, "r1");
  const followed: ControlCommand[] = [];
  await using _run = await listenForControl(path, async (command) => {
    followed.push(command);
    return { ok: true };
  });
  assert.deepEqual(await sendControl(path, { do: "mark", by: "API", says: "here" }), { ok: true });
  assert.deepEqual(followed, [{ do: "mark", by: "API", says: "here" }]);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(statSync(dirname(path)).mode & 0o777, 0o700);
});

test("malformed commands are refused with a message, reach nothing, and leave the run listening", async (context) => {
  const path = controlPath(stateFolder(context), "r1");
  await using _run = await listenForControl(path, async () => assert.fail("it reached the run"));
  const stop = { do: "stop", by: "API" };
  for (const value of [
    null,
    [],
    {},
    { do: "explode", by: "API" },
    { ...stop, extra: 1 },
    { ...stop, by: "" },
    { do: "change-load", by: "API", target: "many", unit: "users", version: "0" },
    { do: "change-load", by: "API", target: -1, unit: "users", version: "0" },
    { do: "mark", by: "API", says: "x".repeat(3_000) },
  ]) {
    const reply = await sendControl(path, value as unknown as ControlCommand);
    assert.deepEqual([reply.ok, reply.ok || reply.refusal.code], [false, "bad-command"], JSON.stringify(value));
  }
  assert.ok("refusal" in parseCommand("{"));
  assert.ok("refusal" in parseCommand("[".repeat(5_000)));
});

test("a line without an end is cut off at a bound", async (context) => {
  const path = controlPath(stateFolder(context), "r1");
  await using _run = await listenForControl(path, async () => ({ ok: true }));
  const socket = connect(path);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => undefined).write("x".repeat(300_000));
  await closed;
});

test("a run that listens is found, and what a killed run left is removed", async (context) => {
  const state = stateFolder(context);
  const path = controlPath(state, "r1");
  {
    await using _run = await listenForControl(path, async () => ({ ok: true }));
    using _note = register(state, RUN);
    assert.deepEqual(await listening(state), [RUN]);
    writeFileSync(path.replace(/sock$/, "json"), "{"); // damaged: it names nobody, but somebody listens
    assert.deepEqual(await listening(state), []);
    assert.equal(readdirSync(dirname(path)).length, 2, "a run that listens keeps its socket");
  }
  const left = register(state, RUN);
  assert.deepEqual(await listening(state), []);
  assert.deepEqual(readdirSync(dirname(path)), []);
  left[Symbol.dispose]();
});

test("if nothing listens, the error names the command to type instead", async (context) => {
  const sent = sendControl(controlPath(stateFolder(context), "r1"), { do: "stop", by: "API" });
  await assert.rejects(sent, { code: "no-control-socket", hint: /gameday stop/ });
});

test("the kill switch persists, records who set it, and counts as on if its file cannot be read", (context) => {
  const state = stateFolder(context);
  assert.equal(readKillSwitch(state).on, false);
  setKillSwitch(state, { since: "2026-01-01T00:00:00.000Z", by: "page 1", because: "fire" });
  assert.deepEqual(readKillSwitch(state), {
    on: true,
    since: "2026-01-01T00:00:00.000Z",
    by: "page 1",
    because: "fire",
  });
  writeFileSync(killSwitchPath(state), "");
  assert.deepEqual([readKillSwitch(state).on, readKillSwitch(state).by], [true, null]);
  setKillSwitch(state, "off");
  assert.equal(readKillSwitch(state).on, false);
  mkdirSync(killSwitchPath(state));
  assert.equal(readKillSwitch(state).on, true, "whatever stands there");
});
