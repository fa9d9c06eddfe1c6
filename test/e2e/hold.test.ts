/** deploy/hold.c, compiled on this machine: what it takes is what was asked for, and it ends by itself. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { usedMilli } from "../../src/platform/kubernetes/capability/cpu.ts";
import { until } from "../../src/std/wait.ts";
import { ROOT } from "./gameday.ts";

const folder = mkdtempSync(join(tmpdir(), "gameday-hold-"));
const program = join(folder, "hold");
after(() => rmSync(folder, { recursive: true }));
const built = spawnSync("cc", ["-O2", "-static", "-pthread", "-o", program, join(ROOT, "deploy/hold.c")]);
const skip = built.status === 0 ? false : `a C compiler and static libraries are needed: ${built.stderr ?? "no cc"}`;
const SIGNAL = new AbortController().signal;

/** Starts it, and returns what it printed, its files in /proc, and its end. */
function hold(...words: string[]) {
  const child = spawn(program, words);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text: Buffer) => {
      output += text.toString();
    });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const holds = () =>
    until(() => output.includes("held"), { what: "it to hold", deadlineMs: 10_000, everyMs: 5, signal: SIGNAL });
  const file = (name: string) => readFileSync(`/proc/${child.pid}/${name}`, "utf8");
  return { ended, holds, file, output: () => output };
}

test("memory: it holds what was asked for, and gives it back when its time is over", { skip }, async () => {
  const { ended, holds, file, output } = hold("memory", "1", "48");
  await holds();
  const kibibytes = Number(/^VmRSS:\s+(\d+)/m.exec(file("status"))?.[1]);
  assert.ok(kibibytes >= 48 * 1024 && kibibytes < 52 * 1024, `${kibibytes} KiB`);
  assert.equal(await ended, 0);
  assert.equal(output(), "held 48\n");
});

test("cpu: it uses no more than its share of the time, and ends by itself", { skip }, async () => {
  const { ended, holds, file } = hold("cpu", "2", "200");
  await holds();
  const used = () => usedMilli(readFileSync("/proc/uptime", "utf8") + file("stat"));
  const milli = await until(used, { what: "a second of use", deadlineMs: 5_000, everyMs: 20, signal: SIGNAL });
  assert.ok(milli <= 230, `${milli} thousandths of a CPU`); // how much of it a busy machine lets it have is not its doing
  assert.equal(await ended, 0);
});

test("what makes no sense is refused in words, and takes nothing", { skip }, async () => {
  for (const words of [
    ["cpu", "0", "100"],
    ["cpu", "1", "0"],
    ["memory", "1", "-1"],
    ["memory", "99999999", "1"],
  ]) {
    const { ended, output } = hold(...words);
    assert.equal(await ended, 1, words.join(" "));
    assert.match(output(), /^hold: expected to /);
  }
});
