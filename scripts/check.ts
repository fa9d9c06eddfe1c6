/**
 * `npm run check`: types, lint, un-awaited promises, unit and contract tests; stops at the first failure. It should take less
 * than 60 s.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { availableParallelism } from "node:os";

const tests = globSync(["src/**/*.test.ts", "test/*.test.ts", "test/contract/**/*.test.ts"]);
/**
 * Folders whose tests touch nothing but values: they share one process, which saves the start of a process for each file. A test that
 * changes the environment, forks, or opens files does not belong here.
 */
const PURE =
  /^src\/(checker|objective|outage|validity|verdict|view|report|compare|autoscaler|timeline|ledger|history|interval|plan|platform\/kubernetes)[./]/;
const sources = ["src", "test", "scripts", "examples", "bench"].filter((folder) => existsSync(folder));
const onlyStatic = process.argv.includes("--static");
const steps: [string, string[]][] = [
  ["types", ["tsc", "-p", "tsconfig.json"]],
  ["types of the page", ["tsc", "-p", "src/page/tsconfig.json"]],
  ["format and lint", ["biome", "check", "--error-on-warnings", "."]],
  ["un-awaited promises", ["oxlint", "--type-aware", ...sources]],
];
for (const [name, [command = "", ...args]] of steps) {
  const start = performance.now();
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  if (status !== 0) process.exit(status ?? 1);
}
if (!onlyStatic) process.exitCode = await runTests();

/** Runs the pure tests in one process beside all others, which have a process each. Returns 0 when all passed. */
async function runTests(): Promise<number> {
  const start = performance.now();
  const pure = tests.filter((file) => PURE.test(file));
  const others = tests.filter((file) => !PURE.test(file));
  // By default Node leaves one core free, which is half of a machine with two.
  const results = await Promise.all([
    runNode(["--test-isolation=none", ...pure]),
    runNode([`--test-concurrency=${availableParallelism()}`, ...others]),
  ]);
  for (const { output } of results) process.stdout.write(output);
  const failed = results.filter(({ status }) => status !== 0).length;
  console.log(`${failed === 0 ? "ok  " : "FAIL"} tests (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  return failed === 0 ? 0 : 1;
}

/** The output is kept and printed as a whole, because two runs at once would mix theirs. */
function runNode(args: readonly string[]): Promise<{ readonly status: number; readonly output: string }> {
  const child = spawn("node", ["--test", "--test-reporter=dot", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const keep = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ status: code ?? 1, output }));
  });
}
