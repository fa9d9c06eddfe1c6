/** Which folder the dashboard of a port serves, in a file beside its token. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isRecord } from "../../std/json.ts";
import { isThere, readRegular } from "../../std/regular-file.ts";

export interface DashboardPlace {
  readonly runsFolder: string;
  readonly pid: number;
}

const BYTES_MAX = 16 * 1024;

/** Writes the file; disposing removes it. */
export function keepPlace(stateFolder: string, port: number, place: DashboardPlace): Disposable {
  const path = pathOf(stateFolder, port);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, `${JSON.stringify(place)}\n`, { mode: 0o600 });
  return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
}

/** Removes what a dashboard that was killed left. */
export function forgetPlace(stateFolder: string, port: number): void {
  rmSync(pathOf(stateFolder, port), { force: true });
}

/** Returns null if there is no such file, or none that can be read. */
export function readPlace(stateFolder: string, port: number): DashboardPlace | null {
  const path = pathOf(stateFolder, port);
  if (!isThere(path)) return null;
  try {
    const value: unknown = JSON.parse(readRegular(path, BYTES_MAX));
    if (!isRecord(value) || typeof value["runsFolder"] !== "string" || typeof value["pid"] !== "number") return null;
    return { runsFolder: value["runsFolder"], pid: value["pid"] };
  } catch {
    return null; // it is being written, or was removed meanwhile
  }
}

function pathOf(stateFolder: string, port: number): string {
  return join(stateFolder, "dashboard", `${port}.json`);
}
