/**
 * Files in folders that somebody else may have filled: only a regular file is ever opened, never what a link, a pipe or a
 * device of that name stands for, and what is written never lands where a link points to.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  type Dirent,
  fchownSync,
  fstatSync,
  fsyncSync,
  lchownSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { ExitCode, GamedayError } from "./errors.ts";

/** O_NONBLOCK: a pipe that nobody writes to is opened at once, seen to be none of ours and closed again. */
const READ_ONLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/** A larger file is not read into memory at once. */
const BYTES_MAX = 64 << 20;

/** Whose the file shall be. */
export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/** Whether something of that name can be reached, whatever it is; a link is there wherever it points. Never throws. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // a file where a folder should be, or one that may not be looked into
  }
}

/** A descriptor to read from. Throws GamedayError (exit 2) for what is no regular file, or the system's error. */
export function openRegular(path: string): number {
  const descriptor = openNoLink(path);
  const found = fstatSync(descriptor);
  if (found.isFile()) return descriptor;
  closeSync(descriptor);
  throw notRegular(path, kindOf(found));
}

/** The text of a regular file. Throws GamedayError (exit 2) for any other or one above 64 MiB, or the system's error. */
export function readRegular(path: string, bytesMax = BYTES_MAX): string {
  const descriptor = openRegular(path);
  try {
    const { size } = fstatSync(descriptor);
    if (size > bytesMax) throw notRegular(path, `one of ${size} bytes, more than the ${bytesMax} that it may have`);
    return readFileSync(descriptor, "utf8");
  } finally {
    closeSync(descriptor);
  }
}

export interface ReplaceOptions {
  /** null: whoever runs this. */
  readonly owner?: FileOwner | null;
  /** Survives a loss of power, too. */
  readonly durable?: boolean;
}

/**
 * Writes a file whole or not at all: beside it first, under a name that nobody can have laid a link to, then renamed. A link
 * of that name is replaced, and what it pointed to stays as it is. Throws the system's error.
 */
export function replaceFile(path: string, text: string, { owner = null, durable = false }: ReplaceOptions = {}): void {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.part`);
  const descriptor = openSync(temporary, "wx", 0o666);
  try {
    try {
      writeFileSync(descriptor, text);
      if (owner !== null) fchownSync(descriptor, owner.uid, owner.gid);
      if (durable) fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw thrown;
  }
}

/** Everything below a folder, folders before what is in them. Links are named and not followed. */
export function* entriesBelow(folder: string): Generator<{ readonly path: string; readonly entry: Dirent }> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    yield { path, entry };
    if (entry.isDirectory()) yield* entriesBelow(path);
  }
}

/** Gives a file, folder or link itself to its owner, never what a link points to; does nothing without an owner. */
export function giveTo(owner: FileOwner | null, path: string): void {
  if (owner !== null) lchownSync(path, owner.uid, owner.gid);
}

function openNoLink(path: string): number {
  try {
    return openSync(path, READ_ONLY);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ELOOP" || code === "EMLINK") throw notRegular(path, "a link", thrown);
    if (code === "ENXIO" || code === "EOPNOTSUPP") throw notRegular(path, "a socket or a device", thrown);
    throw thrown;
  }
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return "a folder";
  if (found.isFIFO()) return "a pipe";
  return found.isSocket() ? "a socket" : "a device";
}

function notRegular(path: string, got: string, cause?: unknown): GamedayError {
  return new GamedayError({
    code: "not-a-regular-file",
    expected: "a regular file",
    got,
    hint: "evidence is read from regular files only: a link, a pipe or a device may stand for anything",
    exitCode: ExitCode.unknown,
    place: { file: path },
    cause,
  });
}
