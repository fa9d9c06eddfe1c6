/**
 * `npm run check`: types, lint, un-awaited promises, unused code, unit and contract tests. It should take less than 45 s on a quiet machine with two
 * cores. The static steps run one after another beside the tests, which share three processes: to start a process for each of more than
 * 250 files, and to load the same modules into each, took twice as long as the tests themselves. `npm test` and `.ci/run` give each file
 * a process of its own, so a test that depends on its neighbours is found there. With `--static` only the static steps run.
 */
import { existsSync, globSync } from "node:fs";
import { runLanes, type Step } from "./lanes.ts";

const sources = ["src", "test", "scripts", "examples", "bench"].filter((folder) => existsSync(folder));
const STATIC: readonly Step[] = [
  { name: "types", argv: ["tsc", "-p", "tsconfig.json"] },
  { name: "types of the page", argv: ["tsc", "-p", "src/page/tsconfig.json"] },
  { name: "format and lint", argv: ["biome", "check", "--error-on-warnings", "."] },
  { name: "un-awaited promises", argv: ["oxlint", "--type-aware", ...sources] },
  { name: "unused code and packages", argv: ["knip", "--no-progress"] },
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

const lanes = process.argv.includes("--static") ? [STATIC] : [STATIC, ...TESTS.map((step) => [step])];
process.exitCode = await runLanes(lanes);
