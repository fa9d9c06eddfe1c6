/** The token of a dashboard: a file of mode 0600 in the state folder, one for each port, so that it survives a restart. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { newToken } from "../../dashboard/rights.ts";
import { isThere, readRegular } from "../../std/regular-file.ts";

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

function keepToken(stateFolder: string, port: number, token: string): string {
  const path = tokenPath(stateFolder, port);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, `${token}\n`, { mode: 0o600 });
  chmodSync(path, 0o600); // the file may have been there with another mode
  return token;
}
