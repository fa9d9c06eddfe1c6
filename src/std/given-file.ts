/**
 * Reads a file that a person named on the command line: a regular file (also through a link) or a pipe, such as `<(command)`
 * or /dev/stdin. A device is refused, because it never ends, and the wait for a pipe to which nobody writes is bounded.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, type Stats } from "node:fs";

/** How long a pipe may be silent. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 20;
const CHUNK_BYTES = 1 << 16;

/** The reason in words why a file was not read; the caller adds what it was needed for. */
export class NotReadable extends Error {}

export interface GivenOptions {
  /** What the file is read as: "a plan". */
  readonly as: string;
  readonly bytesMax: number;
  readonly patienceMs?: number;
}

/**
 * Returns all bytes of the file. Throws NotReadable for anything else or for more than `bytesMax` bytes, or the system's
 * error.
 */
export function readGiven(path: string, options: GivenOptions): Buffer {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const found = fstatSync(descriptor);
    if (found.isFile()) return readWhole(descriptor, found.size, options);
    if (found.isFIFO()) return readPipe(descriptor, options);
    throw new NotReadable(whatIs(found));
  } finally {
    closeSync(descriptor);
  }
}

function readWhole(descriptor: number, size: number, { as, bytesMax }: GivenOptions): Buffer {
  if (size > bytesMax) throw new NotReadable(`a file of ${size} bytes, more than the ${bytesMax} that ${as} may have`);
  return readFileSync(descriptor);
}

/**
 * Reads a pipe to its end. A pipe whose writer has not opened it yet reads as ended, so that an empty one is waited for as
 * well.
 */
function readPipe(descriptor: number, { as, bytesMax, patienceMs = PATIENCE_MS }: GivenOptions): Buffer {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for (let silentMs = 0; silentMs < patienceMs; ) {
    const chunk = readSome(descriptor);
    if (chunk !== null && chunk.length === 0 && bytes > 0) return Buffer.concat(chunks);
    if (chunk !== null && chunk.length > 0) {
      chunks.push(chunk);
      bytes += chunk.length;
      silentMs = 0;
      if (bytes > bytesMax) throw new NotReadable(`a pipe with more than the ${bytesMax} bytes that ${as} may have`);
      continue;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY_MS);
    silentMs += LOOK_EVERY_MS;
  }
  throw new NotReadable(`a pipe that was silent for ${patienceMs / 1000} s`);
}

/** Returns null if nothing has arrived yet, and an empty buffer if nobody has the pipe open for writing. */
function readSome(descriptor: number): Buffer | null {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  try {
    return chunk.subarray(0, readSync(descriptor, chunk, 0, chunk.length, null));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "EAGAIN") return null;
    throw thrown;
  }
}

function whatIs(found: Stats): string {
  if (found.isDirectory()) return "a folder, not a file";
  return found.isSocket() ? "a socket, not a file" : "a device, not a file";
}
