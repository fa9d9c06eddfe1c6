import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { World } from "../../cli.ts";
import { judge } from "../../verdict/judge.ts";
import { cleanRun, evidenceOf } from "../../verdict/run.fixture.ts";
import type { PlanFile } from "../plan-file.ts";
import { repeatGameDays, seedOf, worstExit } from "./repeat.ts";

const folder = mkdtempSync(join(tmpdir(), "gameday-repeat-"));
after(() => rmSync(folder, { recursive: true }));
const verdict = judge(evidenceOf(cleanRun()));
const planFile = { plan: { name: "trial", seed: "7" } } as unknown as PlanFile;

/**
 * Repeats a game day that only writes its verdict and ends with the next of the codes; `interruptAt` is the run in which
 * Ctrl-C is sent.
 */
async function repeat(runs: number, codes: readonly number[], interruptAt?: number) {
  const out = mkdtempSync(join(folder, "out-"));
  const seeds: string[] = [];
  let printed = "";
  let interrupt: () => void = () => undefined;
  const write = (text: string) => {
    printed += text;
  };
  const stream = { isTTY: false, columns: 80, write };
  const onInterrupt = (callback: () => void) => {
    interrupt = callback;
    return { [Symbol.dispose]: () => undefined };
  };
  const world = { cwd: folder, owner: null, stdout: stream, stderr: stream, now: () => new Date(0), onInterrupt };
  const code = await repeatGameDays(
    world as unknown as World,
    planFile,
    { out, runs },
    async (_world, _plan, flags) => {
      seeds.push(flags.seed ?? "");
      mkdirSync(flags.out ?? "");
      writeFileSync(join(flags.out ?? "", "verdict.json"), JSON.stringify(verdict));
      if (seeds.length === interruptAt) interrupt();
      return codes[seeds.length - 1] ?? 0;
    },
  );
  const summary = JSON.parse(readFileSync(join(out, "repeat.json"), "utf8"));
  return { code, seeds, printed, summary };
}

test("the requested number of runs is made, each with a seed that follows from the first, and the worst exit code counts", async () => {
  const { code, seeds, summary, printed } = await repeat(3, [0, 1, 2]);
  assert.deepEqual(seeds, [seedOf("7", 1), seedOf("7", 2), seedOf("7", 3)]);
  assert.equal(seeds[0], "7");
  assert.equal(new Set(seeds).size, 3);
  assert.deepEqual([code, summary.runsAsked, summary.runs.length], [1, 3, 3]);
  assert.match(printed, /3 of 3 runs/);
});

test("Ctrl-C, residue and a platform that is not ready end the repetition, and the judged runs are summarised", async () => {
  const interrupted = await repeat(5, [0, 2], 2);
  assert.deepEqual([interrupted.seeds.length, interrupted.code, interrupted.summary.runs.length], [2, 2, 2]);
  assert.deepEqual([(await repeat(5, [1, 5])).seeds.length, (await repeat(5, [1, 5])).code], [2, 5]);
  assert.equal((await repeat(5, [4])).seeds.length, 1);
});

test("residue is worst, then a fail, then unknown", () => {
  assert.deepEqual([worstExit([0, 2, 1]), worstExit([1, 5, 2]), worstExit([2, 0]), worstExit([0])], [1, 5, 2, 0]);
});
