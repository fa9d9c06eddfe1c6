// `npm run demo`: runs the quick game day, or the plan that is given, on the lab. The lab creates namespaces and so needs root;
// without root, this script uses sudo.
// This is plain JavaScript, because it may be the first thing that an old Node runs here.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const launcher = fileURLToPath(new URL("../bin/gameday.mjs", import.meta.url));
const plan = process.argv[2] ?? "examples/jewelry-shop/quick.yaml";
const command = [process.execPath, launcher, "run", plan, ...process.argv.slice(3)];
const argv = process.getuid?.() === 0 ? command : ["sudo", "--preserve-env=PATH", "--", ...command];
const started = Date.now();
const { status, error } = spawnSync(argv[0], argv.slice(1), { stdio: "inherit" });
if (error) console.error(`demo: expected to start ${argv[0]}, got ${error.message}`);
console.log(`game day: ${((Date.now() - started) / 1000).toFixed(0)} s from the command to the verdict`);
process.exitCode = status ?? 4;
