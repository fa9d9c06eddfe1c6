/**
 * The build of the test cluster beside all other tests: what is cached is not built again, and a cold build takes ten minutes of a core. It imports
 * nothing of Gameday, so that the runner of all tests can begin it at once.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Names the folder of a build that runs beside this process. */
const VARIABLE = "GAMEDAY_CLUSTER_BUILD";
const BUILD = "test/cluster/cluster build && test/cluster/images postgres redis shop";
const BUILD_MINUTES_MAX = 60;
const LOOK_MS = 1_000;

/**
 * Begins the build at idle priority, so that tests that measure are not slowed down, and returns what ends it. The kernel ends it when this
 * process dies. Processes that this one starts find it.
 */
export function buildInBackground(): Disposable {
  const folder = mkdtempSync(join(tmpdir(), "gameday-cluster-build-"));
  const script = `{ ${BUILD}; } >"$0/log" 2>&1; echo $? >"$0/code.new"; mv "$0/code.new" "$0/code"`;
  const idle = ["--pdeathsig", "TERM", "chrt", "--idle", "0", "ionice", "-c", "3"];
  const bounded = ["timeout", `${BUILD_MINUTES_MAX}m`, "bash", "-c", script, folder];
  const child = spawn("setpriv", [...idle, ...bounded], { stdio: "ignore" });
  child.once("error", (error) => console.error(`the build of the test cluster did not begin: ${error.message}`));
  child.unref();
  process.env[VARIABLE] = folder;
  return {
    [Symbol.dispose]: () => {
      child.kill("SIGTERM"); // timeout passes it on to everything that it started
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Returns whether a build runs, or ran, beside this process. */
export function isBuiltInBackground(): boolean {
  return process.env[VARIABLE] !== undefined;
}

/** Waits for the end of the build, and throws the end of its log when it failed or takes longer than `forMs` from now. */
export async function builtInBackground(forMs: number): Promise<void> {
  const folder = process.env[VARIABLE] ?? "";
  const untilMs = performance.now() + forMs;
  while (!existsSync(join(folder, "code"))) {
    if (performance.now() > untilMs) throw unbuilt(folder, "no end of the build");
    await delay(LOOK_MS);
  }
  const code = readFileSync(join(folder, "code"), "utf8").trim();
  if (code !== "0") throw unbuilt(folder, `exit code ${code}`);
}

function unbuilt(folder: string, got: string): Error {
  const log = existsSync(join(folder, "log")) ? readFileSync(join(folder, "log"), "utf8") : "no log";
  return new Error(`expected the test cluster to be built, got ${got}:\n${log.slice(-4_000)}`);
}
