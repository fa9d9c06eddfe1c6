/**
 * A file that a person named on the command line: a regular file (a link to one as well) or a pipe, as `<(command)` or
 * /dev/stdin is. A device is refused, for it never ends, and a pipe that nobody writes to is waited for only so long.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, type Stats } from "node:fs";

/** Of silence in a pipe. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 20;
const CHUNK_BYTES = 1 << 16;

/** Why a file was not read, in words; whoever asked for it says for what. */
export class NotReadable extends Error {}

export interface GivenOptions {
  /** What it is read as: "a plan". */
  readonly as: string;
  readonly bytesMax: number;
  readonly patienceMs?: number;
}

/** All bytes of it. Throws NotReadable for anything else or more than `bytesMax`, or the system's error. */
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

/** A pipe whose writer has not come yet reads as ended, so that an empty one is waited for as well. */
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

/** null: nothing yet; an empty one: nobody has it open for writing. */
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
