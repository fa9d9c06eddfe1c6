/** The runs of this machine that listen to controls: each has a small file beside its socket that names it. */
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isRecord } from "../std/json.ts";
import { readRegular } from "../std/regular-file.ts";
import { controlPath, isListening } from "./socket.ts";

export interface Listening {
  readonly runId: string;
  readonly pid: number;
  /** The run folder. */
  readonly folder: string;
}

const NOTE_BYTES_MAX = 16 * 1024;

/** Writes who listens at a socket; disposing removes it. */
export function register(stateFolder: string, one: Listening): Disposable {
  const path = notePath(controlPath(stateFolder, one.runId));
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  rmSync(path, { force: true });
  writeFileSync(path, `${JSON.stringify(one)}\n`, { flag: "wx", mode: 0o600 });
  chmodSync(path, 0o600);
  return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
}

/** Returns the runs that listen now. What a killed run left there is removed. */
export async function listening(stateFolder: string): Promise<Listening[]> {
  const folder = join(stateFolder, "control");
  const found = await Promise.all(
    notesIn(folder).map(async (name) => {
      const note = readNote(join(folder, name));
      const socket = join(folder, name.replace(/\.json$/, ".sock"));
      if (note !== null && (await isListening(socket))) return [note];
      for (const path of [join(folder, name), socket]) rmSync(path, { force: true });
      return [];
    }),
  );
  return found.flat();
}

function notePath(socket: string): string {
  return socket.replace(/\.sock$/, ".json");
}

function notesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch {
    return []; // no run has ever listened
  }
}

function readNote(path: string): Listening | null {
  try {
    const value: unknown = JSON.parse(readRegular(path, NOTE_BYTES_MAX));
    if (!isRecord(value)) return null;
    const { runId, pid, folder } = value;
    return typeof runId === "string" && typeof pid === "number" && typeof folder === "string"
      ? { runId, pid, folder }
      : null;
  } catch {
    return null; // half written, or removed meanwhile
  }
}
