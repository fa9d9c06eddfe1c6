/** SIGKILL of the process that hosts a lab, at several moments of its life: nothing may be left on the machine. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { until } from "../../src/std/wait.ts";
import { footprint, untouched } from "./footprint.ts";
import { folderOfTestFile } from "./gameday.ts";

const folder = folderOfTestFile("lab-kill");

/** Pairs of [a line of the victim, milliseconds after it]. */
const MOMENTS: readonly [string, number][] = [
  ["booting", 0],
  ["booting", 150],
  ["booting", 1_000],
  ["up", 0],
  ["fault", 0],
  ["fault", 50],
  ["restored", 300],
];

for (const [line, afterMs] of MOMENTS) {
  test(`nothing is left after SIGKILL ${afterMs} ms after "${line}"`, { timeout: 60_000 }, async (context) => {
    const before = await untouched(context.signal);
    const victim = spawn(process.execPath, [join(import.meta.dirname, "lab-victim.ts"), folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await saying(victim, line);
    await delay(afterMs);
    victim.kill("SIGKILL");
    await gone(before, context.signal);
  });
}

test("a process that is left behind is detected", async (context) => {
  const before = await untouched(context.signal);
  const leak = spawn("unshare", ["--net", "--pid", "--fork", "--kill-child=SIGKILL", "sleep", "60"]);
  await until(() => footprint().processes.length > before.processes.length, {
    what: "the planted leak to be seen",
    deadlineMs: 5_000,
    signal: context.signal,
  });
  assert.notDeepEqual(footprint().namespaces, before.namespaces);
  leak.kill("SIGKILL");
  await gone(before, context.signal);
});

async function gone(before: ReturnType<typeof footprint>, signal: AbortSignal): Promise<void> {
  const same = () => {
    assert.deepEqual(footprint(), before);
    return true;
  };
  await until(same, { what: "the machine to be as before", deadlineMs: 5_000, signal });
}

async function saying(child: ChildProcess, wanted: string): Promise<void> {
  assert.ok(child.stdout);
  for await (const line of createInterface({ input: child.stdout })) if (line === wanted) return;
  assert.fail(`the victim ended before it said "${wanted}"`);
}
