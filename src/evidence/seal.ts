/**
 * A seal is `manifest.json` with the size and SHA-256 of every evidence file. It turns a folder into evidence, and any later
 * change is a flaw. A file such as a long history may be left out; its hash is kept, so it is "absent", not broken.
 */
import { createHash } from "node:crypto";
import { closeSync, readSync } from "node:fs";
import { join } from "node:path";
import { EVIDENCE_VERSION } from "../evidence.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import { isRecord, parseJson } from "../std/json.ts";
import { isThere, openRegular, readRegular, replaceFile } from "../std/regular-file.ts";
import type { WrittenFile } from "../timeline.ts";
import {
  EVIDENCE_FILES,
  type EvidenceFile,
  MANIFEST_FILE,
  REQUIRED_FILES,
  SEALED_FILES,
  type SealedFile,
} from "./files.ts";

export interface Manifest {
  readonly version: number;
  readonly files: Readonly<Partial<Record<SealedFile, WrittenFile>>>;
}

/** Seals a folder: writes a manifest of its files. Throws GamedayError when it is already sealed or lacks a required file. */
export function seal(folder: string): Manifest {
  const path = join(folder, MANIFEST_FILE);
  if (isThere(path)) throw cannotSeal(folder, "a folder that is not sealed yet", `${MANIFEST_FILE} in it`);
  const missing = REQUIRED_FILES.find((name) => !isThere(join(folder, name)));
  if (missing !== undefined) throw cannotSeal(folder, `${missing} in ${folder}`, "no such file");
  const present = SEALED_FILES.filter((name) => isThere(join(folder, name)));
  const manifest: Manifest = {
    version: EVIDENCE_VERSION,
    files: Object.fromEntries(present.map((name) => [name, measure(join(folder, name))])),
  };
  replaceFile(path, `${JSON.stringify(manifest, null, 2)}\n`, { durable: true });
  return manifest;
}

/** Returns the manifest of a folder; null if there is none, or "damaged" if it cannot be read as a manifest. */
export function readManifest(folder: string): Manifest | "damaged" | null {
  const path = join(folder, MANIFEST_FILE);
  if (!isThere(path)) return null;
  try {
    const value = parseJson(readRegular(path));
    if (!isRecord(value) || typeof value["version"] !== "number" || !isRecord(value["files"])) return "damaged";
    return areWritten(value["files"]) ? (value as unknown as Manifest) : "damaged";
  } catch {
    return "damaged";
  }
}

/** Returns the evidence files that the manifest lists but that do not exist; empty if there is no readable manifest. */
export function absentFiles(folder: string): EvidenceFile[] {
  const manifest = readManifest(folder);
  if (manifest === null || manifest === "damaged") return [];
  return EVIDENCE_FILES.filter((name) => manifest.files[name] !== undefined && !isThere(join(folder, name)));
}

/** Returns the size and hash of a regular file, or of its first `bytesMax` bytes. */
export function measure(path: string, bytesMax = Number.POSITIVE_INFINITY): WrittenFile {
  const hash = createHash("sha256");
  const descriptor = openRegular(path);
  const chunk = Buffer.allocUnsafe(1 << 20);
  let bytes = 0;
  try {
    while (bytes < bytesMax) {
      const size = readSync(descriptor, chunk, 0, Math.min(chunk.length, bytesMax - bytes), null);
      if (size === 0) break;
      hash.update(chunk.subarray(0, size));
      bytes += size;
    }
  } finally {
    closeSync(descriptor);
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** Returns whether every entry has a size and a hash. */
export function areWritten(files: Readonly<Record<string, unknown>>): boolean {
  return Object.values(files).every(
    (value) => isRecord(value) && Number.isInteger(value["bytes"]) && typeof value["sha256"] === "string",
  );
}

function cannotSeal(folder: string, expected: string, got: string): GamedayError {
  return new GamedayError({ code: "cannot-seal", expected, got, exitCode: ExitCode.usage, place: { file: folder } });
}
