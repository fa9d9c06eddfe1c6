/**
 * Accesses files in folders that somebody else may have filled: only regular files are opened, never the target of a link, a
 * pipe or a device with that name, and nothing is written through a link.
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

/** O_NONBLOCK: a pipe to which nobody writes opens at once, is recognised as not regular, and is closed again. */
const READ_ONLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/** The size above which a file is not read into memory at once. */
const BYTES_MAX = 64 << 20;

/** The user and group that must own the file. */
export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/** Returns whether anything with this name exists, whatever it is; a link exists wherever it points. Never throws. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // a parent is a file, or may not be searched
  }
}

/**
 * Opens a file for reading and returns the descriptor. Throws GamedayError (exit code 2) for anything but a regular file, or
 * the system's error.
 */
export function openRegular(path: string): number {
  const descriptor = openNoLink(path);
  const found = fstatSync(descriptor);
  if (found.isFile()) return descriptor;
  closeSync(descriptor);
  throw notRegular(path, kindOf(found));
}

/**
 * Returns the text of a regular file. Throws GamedayError (exit code 2) for anything else or, by default, for more than 64
 * MiB, or the system's error.
 */
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
  /** null: the user who runs this process. */
  readonly owner?: FileOwner | null;
  /** Makes the file survive a loss of power as well. */
  readonly durable?: boolean;
}

/**
 * Writes a file completely or not at all: first beside it, under a name at which nobody can have placed a link, then renamed.
 * A link with this name is replaced, and its target stays as it is. Throws the system's error.
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

/** Returns everything below a folder, each folder before its contents. Links are listed and not followed. */
export function* entriesBelow(folder: string): Generator<{ readonly path: string; readonly entry: Dirent }> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    yield { path, entry };
    if (entry.isDirectory()) yield* entriesBelow(path);
  }
}

/** Changes the owner of a file, a folder or a link itself, never that of a link's target; does nothing without an owner. */
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
    hint: "evidence is read from regular files only, because a link, a pipe or a device may lead anywhere",
    exitCode: ExitCode.unknown,
    place: { file: path },
    cause,
  });
}
