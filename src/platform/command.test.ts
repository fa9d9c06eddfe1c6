import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Change } from "../platform.ts";
import { ManualClock } from "../std/clock.ts";
import { commandCapability } from "./command.ts";

const folder = await mkdtemp(join(tmpdir(), "gameday-command-"));
after(() => rm(folder, { recursive: true }));
const signal = new AbortController().signal;
const capability = commandCapability(new ManualClock());
const target = { id: "vm/a", role: "vm", node: "a", leader: false, healthy: true, labels: {} };

const change = (parameters: Change["parameters"]): Change => ({
  id: "run/one/1",
  capability: "command",
  target,
  parameters: { check: [], inject: [], verify: [], heal: [], deadlineMs: 5_000, ...parameters },
  prior: null,
  expiresAfterMs: null,
});

test("a command fault bites and heals as its verify command reports", async () => {
  const file = join(folder, "{node} of {role}, {unknown}");
  const one = change({ inject: ["touch", file], verify: ["ls", file], heal: ["rm", "-f", file] });
  assert.equal(await capability.bitten(one, signal), null);
  await capability.apply(one, signal);
  assert.equal((await capability.bitten(one, signal))?.says, join(folder, "a of vm, {unknown}"));
  assert.equal(await capability.healed(one, signal), null);
  await capability.revert(one, signal);
  await capability.revert(one, signal);
  assert.match((await capability.healed(one, signal))?.says ?? "", /no longer broken/);
});

test("the words of an argv are never interpreted by a shell", async () => {
  const file = join(folder, "out");
  await capability
    .apply(change({ inject: ["cp", "/dev/null", `${file}; touch ${folder}/pwned`] }), signal)
    .catch(() => undefined);
  await assert.rejects(readFile(join(folder, "pwned")), /ENOENT/);
});

test("a check that fails before the fault stops it, with the end of its output", async () => {
  const parameters = change({ check: ["ls", join(folder, "missing")] }).parameters;
  await assert.rejects(capability.prior(target, parameters, signal), /check command "ls .*exit 2: .*missing/s);
});

test("the check command, if there is one, decides whether the fault is healed", async () => {
  const file = join(folder, "healthy");
  const one = change({ check: ["cat", file], verify: ["false"] });
  assert.equal(await capability.healed(one, signal), null);
  await writeFile(file, "all three members stream\nmore");
  assert.equal((await capability.healed(one, signal))?.says, "all three members stream");
});

test("commands run in the plan's folder, which the change records for a later heal", async () => {
  const one = change({ inject: ["touch", "here"], verify: ["ls", "here"], heal: ["rm", "here"], folder });
  await capability.apply(one, signal);
  assert.equal(await readFile(join(folder, "here"), "utf8"), "");
  assert.equal((await capability.bitten(one, signal))?.says, "here");
  await capability.revert(one, signal);
  await assert.rejects(readFile(join(folder, "here")), /ENOENT/);
  const gone = change({ inject: ["touch", "here"], folder: join(folder, "moved away") });
  await assert.rejects(capability.apply(gone, signal), /no folder .*moved away to start it in/);
});

test("a failure shows the end of the output, on either stream", async () => {
  const program = "console.error('a warning'); console.log('x'.repeat(2e5) + '\\nthe reason'); process.exitCode = 3;";
  const inject = [process.execPath, "-e", program];
  await assert.rejects(capability.apply(change({ inject }), signal), /exit 3: .*the reason$/s);
  await assert.rejects(
    capability.apply(change({ inject: ["nowhere-at-all"] }), signal),
    /no program "nowhere-at-all" on/,
  );
});

test("a command that does not end is killed at its deadline", async () => {
  await assert.rejects(capability.apply(change({ inject: ["sleep", "60"], deadlineMs: 50 }), signal));
});
