/**
 * `npm test`: runs the quick check's static steps, then every test, including those on real parts. Ends with node:test's summary.
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";

const quick = spawnSync("node", ["scripts/check.ts", "--static"], { stdio: "inherit" });
if (quick.status !== 0) process.exit(quick.status ?? 1);
const files = globSync(["src/**/*.test.ts", "examples/**/*.test.ts", "test/**/*.test.ts"]).sort();
// One file at a time: the tests on real parts share the machine, and a lab must be alone on it.
const { status } = spawnSync("node", ["--test", "--test-concurrency=1", ...files], { stdio: "inherit" });
process.exit(status ?? 1);
