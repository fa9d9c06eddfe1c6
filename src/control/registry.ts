/** The runs of this machine that listen to controls: each has a small file beside its socket that names it. */
import { chmodSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { isRecord } from "../std/json.ts";
import { readRegular, replaceFile } from "../std/regular-file.ts";
import { controlPath, lookAtSocket } from "./socket.ts";

export interface Listening {
  readonly runId: string;
  readonly pid: number;
  /** The run folder. */
  readonly folder: string;
}

const NOTE_BYTES_MAX = 16 * 1024;

/** Writes who listens at a socket, at once as a whole, because others may be reading; disposing removes it. */
export function register(stateFolder: string, one: Listening): Disposable {
  const path = notePath(controlPath(stateFolder, one.runId));
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  replaceFile(path, `${JSON.stringify(one)}\n`);
  chmodSync(path, 0o600);
  return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
}

/**
 * Returns the runs that listen now. What a killed run left there is removed, but only if nobody can be listening any more: a
 * process that has too many files open, or may not look, must not cut off a run that is alive.
 */
export async function listening(stateFolder: string): Promise<Listening[]> {
  const folder = join(stateFolder, "control");
  const found = await Promise.all(
    notesIn(folder).map(async (name) => {
      const socket = join(folder, name.replace(/\.json$/, ".sock"));
      const [note, state] = [readNote(join(folder, name)), await lookAtSocket(socket)];
      if (state === "gone") for (const path of [join(folder, name), socket]) removeIfPossible(path);
      return note !== null && state === "listens" ? [note] : [];
    }),
  );
  return found.flat();
}

function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // of another user, or on a disk that is read-only: it does no harm there
  }
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
    return null; // removed meanwhile, or not ours
  }
}
