/**
 * `npm run check`: types, lint, un-awaited promises, unit and contract tests. It should take less than 45 s on a quiet machine with two
 * cores. The static steps run one after another beside the tests, which share three processes: to start a process for each of more than
 * 250 files, and to load the same modules into each, took twice as long as the tests themselves. `npm test` and `.ci/run` give each file
 * a process of its own, so a test that depends on its neighbours is found there. With `--static` only the static steps run.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, globSync } from "node:fs";

interface Step {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
}

const sources = ["src", "test", "scripts", "examples", "bench"].filter((folder) => existsSync(folder));
const STATIC: readonly Step[] = [
  { name: "types", argv: ["tsc", "-p", "tsconfig.json"] },
  { name: "types of the page", argv: ["tsc", "-p", "src/page/tsconfig.json"] },
  { name: "format and lint", argv: ["biome", "check", "--error-on-warnings", "."] },
  { name: "un-awaited promises", argv: ["oxlint", "--type-aware", ...sources] },
];

/**
 * Tests that wait for sockets, threads, processes and timers, in two processes: while one waits, the others use the processor. All other
 * tests share a third.
 */
const WAITING = [
  /^src\/(load|run)\//,
  /^src\/(fault|std|scenario|kubernetes|journal|evidence|output|platform\/(lab|external|fake))\//,
];
const tests = globSync(["src/**/*.test.ts", "test/*.test.ts", "test/contract/**/*.test.ts"]).sort();
const TESTS: readonly Step[] = [
  ...WAITING.map((folders, index) => ({
    name: `tests that wait, ${index + 1} of ${WAITING.length}`,
    argv: testsOf((file) => folders.test(file)),
  })),
  { name: "all other tests", argv: testsOf((file) => !WAITING.some((folders) => folders.test(file))) },
];

function testsOf(chosen: (file: string) => boolean): [string, ...string[]] {
  return ["node", "--test", "--test-reporter=dot", "--test-isolation=none", ...tests.filter(chosen)];
}

/** Longer than any step takes on a busy machine; a test that leaves something open would keep its process for ever. */
const STEP_MS_MAX = 600_000;
const running = new Set<ChildProcess>();
const lanes = process.argv.includes("--static") ? [STATIC] : [STATIC, ...TESTS.map((step) => [step])];
await Promise.all(lanes.map(runLane));

/** Runs the steps one after another. The first that fails in any lane ends all lanes. */
async function runLane(steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if (process.exitCode !== undefined) return;
    const start = performance.now();
    const { status, output } = await run(step);
    if (process.exitCode !== undefined) return;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    process.stdout.write(`${output}${status === 0 ? "ok  " : "FAIL"} ${step.name} (${seconds} s)\n`);
    if (status === 0) continue;
    process.exitCode = status;
    for (const child of running) child.kill();
  }
}

/** Keeps the output, to print it as a whole: several steps run at once. */
function run({ argv: [command, ...words] }: Step): Promise<{ readonly status: number; readonly output: string }> {
  const child = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"], timeout: STEP_MS_MAX });
  running.add(child);
  let output = "";
  const keep = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      running.delete(child);
      resolve({ status: code ?? 1, output });
    });
  });
}
