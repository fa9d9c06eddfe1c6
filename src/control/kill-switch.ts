/**
 * The kill switch is a file in the state folder. While it is there, no run and no load starts on this machine, whoever starts it;
 * it survives every process and every restart, until somebody releases it.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ExitCode, GamedayError } from "../std/errors.ts";
import { isRecord } from "../std/json.ts";
import { isThere, readRegular, replaceFile } from "../std/regular-file.ts";

export interface KillSwitch {
  readonly on: boolean;
  /** ISO time, UTC; null if it is off, or the file does not say. */
  readonly since: string | null;
  readonly by: string | null;
  readonly because: string | null;
}

const OFF: KillSwitch = { on: false, since: null, by: null, because: null };

export function killSwitchPath(stateFolder: string): string {
  return join(stateFolder, "kill-switch.json");
}

/** Returns the switch. A file that cannot be read means that it is on. */
export function readKillSwitch(stateFolder: string): KillSwitch {
  const path = killSwitchPath(stateFolder);
  if (!isThere(path)) return OFF;
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  try {
    const value: unknown = JSON.parse(readRegular(path));
    if (isRecord(value))
      return { on: true, since: text(value["since"]), by: text(value["by"]), because: text(value["because"]) };
  } catch {
    // it is there, so it is on
  }
  return { ...OFF, on: true };
}

/**
 * Sets the switch on, or releases it. On a full disk it is on without its reason, because there may still be room for an empty
 * file. Throws the system's error if the state folder cannot be written at all.
 */
export function setKillSwitch(stateFolder: string, to: Omit<KillSwitch, "on"> | "off"): KillSwitch {
  const path = killSwitchPath(stateFolder);
  if (to === "off") {
    rmSync(path, { force: true });
    return OFF;
  }
  mkdirSync(dirname(path), { recursive: true });
  try {
    replaceFile(path, `${JSON.stringify(to)}\n`, { durable: true });
  } catch {
    writeFileSync(path, "", { flag: "a" });
  }
  return { on: true, ...to };
}

/** Throws if nothing may start now. */
export function requireSwitchOff(stateFolder: string): void {
  const { on, since, by, because } = readKillSwitch(stateFolder);
  if (!on) return;
  const who = [
    by === null ? "" : ` by ${by}`,
    since === null ? "" : ` since ${since}`,
    because === null ? "" : `: ${because}`,
  ];
  throw new GamedayError({
    code: "kill-switch",
    expected: "the kill switch to be off",
    got: `on${who.join("")}`,
    hint: "release it on the dashboard, or with `gameday stop --release`",
    exitCode: ExitCode.notReady,
  });
}
