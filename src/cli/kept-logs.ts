import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { World } from "../cli.ts";

/**
 * Ends the use of a temporary folder after a platform did not start: it stays, and people are told, if the platform left logs in
 * it; otherwise it is removed.
 */
export function keepLogs(world: World, folder: string, logFolder: string): void {
  const names = existsSync(logFolder) ? readdirSync(logFolder) : [];
  if (names.some((name) => statSync(join(logFolder, name)).size > 0))
    world.stderr.write(`gameday: its logs are kept in ${logFolder}\n`);
  else rmSync(folder, { recursive: true, force: true });
}
