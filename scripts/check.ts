/**
 * `npm run check`: types, lint, un-awaited promises, unit and contract tests; stops at the first failure. It should take less
 * than 60 s.
 */
import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { availableParallelism } from "node:os";

const tests = globSync(["src/**/*.test.ts", "test/*.test.ts", "test/contract/**/*.test.ts"]);
const sources = ["src", "test", "scripts", "examples", "bench"].filter((folder) => existsSync(folder));
const onlyStatic = process.argv.includes("--static");
const steps: [string, string[]][] = [
  ["types", ["tsc", "-p", "tsconfig.json"]],
  ["format and lint", ["biome", "check", "--error-on-warnings", "."]],
  ["un-awaited promises", ["oxlint", "--type-aware", ...sources]],
];
// By default Node leaves one core free, which is half of a machine with two.
const flags = ["--test", `--test-concurrency=${availableParallelism()}`, "--test-reporter=dot"];
if (!onlyStatic) steps.push(["tests", ["node", ...flags, ...tests]]);

for (const [name, [command = "", ...args]] of steps) {
  const start = performance.now();
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  if (status !== 0) process.exit(status ?? 1);
}
