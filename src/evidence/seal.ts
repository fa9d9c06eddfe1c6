/**
 * A seal is `manifest.json`: size and SHA-256 of every evidence file. It turns a folder into evidence; anything that
 * changed since is a flaw. A file may be left out (a long history) and keeps its hash: then it is "absent", not broken.
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { EVIDENCE_VERSION } from "../evidence.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import { isRecord } from "../std/json.ts";
import { EVIDENCE_FILES, type EvidenceFile, MANIFEST_FILE, REQUIRED_FILES } from "./files.ts";

export interface SealedFile {
  readonly bytes: number;
  readonly sha256: string;
}

export interface Manifest {
  readonly version: number;
  readonly files: Readonly<Partial<Record<EvidenceFile, SealedFile>>>;
}

/** Seals a folder: writes its manifest from the files that are there. Throws when it was sealed before or lacks a required file. */
export function seal(folder: string): Manifest {
  const path = join(folder, MANIFEST_FILE);
  if (existsSync(path)) throw cannotSeal(folder, "a folder that is not sealed yet", `${MANIFEST_FILE} in it`);
  const missing = REQUIRED_FILES.find((name) => !existsSync(join(folder, name)));
  if (missing !== undefined) throw cannotSeal(folder, `${missing} in ${folder}`, "no such file");
  const present = EVIDENCE_FILES.filter((name) => existsSync(join(folder, name)));
  const manifest: Manifest = {
    version: EVIDENCE_VERSION,
    files: Object.fromEntries(present.map((name) => [name, measure(join(folder, name))])),
  };
  writeDurably(path, `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** What of a sealed folder does not hold, in words; empty when all of it does. */
export function flawsOf(folder: string): string[] {
  const path = join(folder, MANIFEST_FILE);
  if (!existsSync(path))
    return ["not sealed: the run did not come to its end, or was made by hand (`gameday seal` seals it)"];
  const manifest = parseManifest(path);
  if (manifest === undefined) return [`${MANIFEST_FILE} is damaged`];
  if (manifest.version > EVIDENCE_VERSION)
    return [`made by a newer version (${manifest.version}; this one reads up to ${EVIDENCE_VERSION})`];
  return EVIDENCE_FILES.flatMap((name) => flawOfFile(folder, name, manifest.files[name]));
}

function flawOfFile(folder: string, name: EvidenceFile, sealed: SealedFile | undefined): string[] {
  const path = join(folder, name);
  const present = existsSync(path);
  if (sealed === undefined) return present ? [`${name} is not part of the seal`] : [`${name} was never there`];
  if (!present) return [`${name.replace(/\.\w+$/, "")} absent (its hash is kept)`];
  const found = measure(path);
  if (found.bytes === sealed.bytes && found.sha256 === sealed.sha256) return [];
  return [`${name} was changed after it was sealed (${found.bytes} bytes, sealed ${sealed.bytes})`];
}

function parseManifest(path: string): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (!isRecord(value) || typeof value["version"] !== "number" || !isRecord(value["files"])) return undefined;
    return value as unknown as Manifest;
  } catch {
    return undefined; // said by the caller as "damaged"
  }
}

function measure(path: string): SealedFile {
  const hash = createHash("sha256");
  const descriptor = openSync(path, "r");
  const chunk = Buffer.allocUnsafe(1 << 20);
  try {
    for (;;) {
      const size = readSync(descriptor, chunk, 0, chunk.length, null);
      if (size === 0) break;
      hash.update(chunk.subarray(0, size));
    }
  } finally {
    closeSync(descriptor);
  }
  return { bytes: statSync(path).size, sha256: hash.digest("hex") };
}

/** Written beside, fsynced and renamed, so that a reader sees the whole of it or nothing. */
function writeDurably(path: string, text: string): void {
  const temporary = `${path}.part`;
  writeFileSync(temporary, text);
  const descriptor = openSync(temporary, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(temporary, path);
}

function cannotSeal(folder: string, expected: string, got: string): GamedayError {
  return new GamedayError({ code: "cannot-seal", expected, got, exitCode: ExitCode.usage, place: { file: folder } });
}
