/**
 * `npm test`: runs the quick check's static steps, then every test, including those on real parts. Ends with node:test's summary,
 * and prints the minutes that everything took to stderr.
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";

const began = performance.now();
const quick = spawnSync("node", ["scripts/check.ts", "--static"], { stdio: "inherit" });
if (quick.status !== 0) process.exit(quick.status ?? 1);
const files = globSync(["src/**/*.test.ts", "examples/**/*.test.ts", "test/**/*.test.ts"]).sort();
// One file at a time: the tests on real parts share the machine, and a lab must be alone on it.
const { status } = spawnSync("node", ["--test", "--test-concurrency=1", ...files], { stdio: "inherit" });
console.error(`all tests took ${((performance.now() - began) / 60_000).toFixed(1)} minutes`);
process.exit(status ?? 1);
