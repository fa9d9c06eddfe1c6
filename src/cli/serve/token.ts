/**
 * The token of a dashboard: a file of mode 0600 in the state folder, one for each port. It is removed when the dashboard ends. That of one
 * that was killed stays, so that its page goes on once it is started again on the same port; any other dashboard removes it.
 */
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { newToken } from "../../dashboard/rights.ts";
import { ExitCode, GamedayError, messageOf } from "../../std/errors.ts";
import { isThere, readRegular } from "../../std/regular-file.ts";
import { forgetPlace, readPlace } from "./place.ts";

const TOKEN_BYTES_MAX = 1024;

export function tokenPath(stateFolder: string, port: number): string {
  return join(stateFolder, "dashboard", `${port}.token`);
}

/** Returns the token that was kept for the port, or keeps a new one. */
export function keptToken(stateFolder: string, port: number): string {
  return readToken(stateFolder, port) ?? keepToken(stateFolder, port, newToken());
}

/** Returns the token of the port; null if none was kept, or the file holds something else. */
export function readToken(stateFolder: string, port: number): string | null {
  const path = tokenPath(stateFolder, port);
  if (!isThere(path)) return null;
  const text = readRegular(path, TOKEN_BYTES_MAX).trim();
  return /^[A-Za-z0-9_-]{32,200}$/.test(text) ? text : null;
}

/** Removes the token of a dashboard that ends. */
export function forgetToken(stateFolder: string, port: number): void {
  rmSync(tokenPath(stateFolder, port), { force: true });
}

/** A dashboard writes its token before it writes who it is. */
const WITHOUT_PLACE_MS_MAX = 60_000;

/** Removes the tokens of dashboards that do not run any more, except that of `port`, whose next dashboard goes on with it. */
export function forgetDeadTokens(
  stateFolder: string,
  { port, isAlive, nowMs }: { port: number; isAlive: (pid: number) => boolean; nowMs: number },
): void {
  for (const other of portsWithToken(stateFolder)) {
    if (other === port) continue;
    const place = readPlace(stateFolder, other);
    const isYoung = nowMs - (statSync(tokenPath(stateFolder, other), { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (place === null ? isYoung < WITHOUT_PLACE_MS_MAX : isAlive(place.pid)) continue;
    forgetToken(stateFolder, other);
    forgetPlace(stateFolder, other);
  }
}

function portsWithToken(stateFolder: string): number[] {
  try {
    return readdirSync(join(stateFolder, "dashboard")).flatMap((name) => {
      const port = /^(\d{1,5})\.token$/.exec(name)?.[1];
      return port === undefined ? [] : [Number(port)];
    });
  } catch {
    return []; // there has been no dashboard yet
  }
}

function keepToken(stateFolder: string, port: number, token: string): string {
  const path = tokenPath(stateFolder, port);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${token}\n`, { mode: 0o600 });
    chmodSync(path, 0o600); // the file may have been there with another mode
    return token;
  } catch (cause) {
    throw new GamedayError({
      code: "token-not-kept",
      expected: `to keep the dashboard's token in ${path}`,
      got: messageOf(cause),
      hint: "make room there, or set GAMEDAY_STATE to a folder that can be written",
      exitCode: ExitCode.notReady,
      cause,
    });
  }
}
