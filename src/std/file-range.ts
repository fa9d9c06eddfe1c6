import { closeSync, openSync, readSync } from "node:fs";

/** Returns the bytes [from, to) of a file; fewer if the file ends before. */
export function readRange(path: string, from: number, to: number): Buffer {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(to - from);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
  } finally {
    closeSync(file);
  }
}
