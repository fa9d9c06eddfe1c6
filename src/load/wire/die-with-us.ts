/**
 * Children that end with us, whatever became of them: a stopped one, or one whose script loops for ever, does not hear that its
 * channel has closed. The kernel ends it (the parent-death signal), where there is a `setpriv` that can ask for that.
 */
import { existsSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";

let able: boolean | null = null;

/** How to fork `node` with these flags, so that it ends when we do. */
export function dyingWithUs(flags: readonly string[]): { execPath: string; execArgv: string[] } {
  able ??= canAsk(process.env["PATH"] ?? "");
  const node = process.execPath;
  if (!able) return { execPath: node, execArgv: [...flags] };
  return { execPath: "setpriv", execArgv: ["--pdeathsig", "KILL", node, ...flags] };
}

/** Looked up rather than tried: a try costs the first request 15 ms. util-linux knows the signal since 2018; busybox does not. */
export function canAsk(path: string): boolean {
  if (process.platform !== "linux") return false;
  const found = path
    .split(delimiter)
    .map((folder) => join(folder, "setpriv"))
    .find((file) => existsSync(file));
  return found !== undefined && !realpathSync(found).includes("busybox");
}
