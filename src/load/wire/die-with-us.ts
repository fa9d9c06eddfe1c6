/**
 * Makes child processes end with this process, in whatever state they are. A stopped child, or one whose script loops forever,
 * does not notice that its channel has closed. The kernel ends it by the parent-death signal, where a `setpriv` exists that can
 * request that signal.
 */
import { existsSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";

let able: boolean | null = null;

/** Returns how to fork `node` with these flags, so that it ends when this process ends. */
export function dyingWithUs(flags: readonly string[]): { execPath: string; execArgv: string[] } {
  able ??= canAsk(process.env["PATH"] ?? "");
  const node = process.execPath;
  if (!able) return { execPath: node, execArgv: [...flags] };
  return { execPath: "setpriv", execArgv: ["--pdeathsig", "KILL", node, ...flags] };
}

/**
 * Returns whether the `setpriv` in the path supports the signal. The file is looked up instead of run, because running it would
 * delay the first request by 15 ms. util-linux has supported the signal since 2018; busybox does not support it.
 */
export function canAsk(path: string): boolean {
  if (process.platform !== "linux") return false;
  const found = path
    .split(delimiter)
    .map((folder) => join(folder, "setpriv"))
    .find((file) => existsSync(file));
  return found !== undefined && !realpathSync(found).includes("busybox");
}
