/**
 * Children that end with us, whatever became of them: a stopped one, or one whose script loops for ever, does not hear that its
 * channel has closed. The kernel ends it (the parent-death signal), where there is a `setpriv` that can ask for that.
 */
import { spawnSync } from "node:child_process";

const ASK = ["--pdeathsig", "KILL"];
const TRY_MS = 2_000;
let able: boolean | null = null;

/** How to fork `node` with these flags, so that it ends when we do. */
export function dyingWithUs(flags: readonly string[]): { execPath: string; execArgv: string[] } {
  able ??= spawnSync("setpriv", [...ASK, "true"], { stdio: "ignore", timeout: TRY_MS }).status === 0;
  const node = process.execPath;
  return able ? { execPath: "setpriv", execArgv: [...ASK, node, ...flags] } : { execPath: node, execArgv: [...flags] };
}
