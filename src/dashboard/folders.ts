/** What is known of a run folder beside its evidence: whether it is sealed, judged, damaged, and which files it has. */
import { closeSync, fstatSync, lstatSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import type { RunResource, RunSummary } from "../api/run.ts";
import { MANIFEST_FILE, TIMELINE_FILE } from "../evidence/files.ts";
import { readRun } from "../evidence/reader.ts";
import type { RunRecord } from "../evidence.ts";
import { VERDICT_FILE } from "../report/render.ts";
import { GamedayError, messageOf } from "../std/errors.ts";
import { isThere, openRegular, readRegular } from "../std/regular-file.ts";
import { verdictSchema } from "../verdict/schema.ts";
import type { Verdict } from "../verdict.ts";

export const RUN_ID = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/;

/** The files that may be downloaded, with their types. Everything else in a run folder stays there. */
export const FILE_TYPES: Readonly<Record<string, string>> = {
  "report.html": "text/html; charset=utf-8",
  "report.md": "text/markdown; charset=utf-8",
  "verdict.json": "application/json",
  "stats.json": "application/json",
  "junit.xml": "application/xml",
  "timeline.ndjson": "application/x-ndjson",
  "seconds.ndjson": "application/x-ndjson",
  "history.ndjson": "application/x-ndjson",
  "intervals.ndjson": "application/x-ndjson",
  "ledger.ndjson": "application/x-ndjson",
  "requests.csv": "text/csv; charset=utf-8",
  "run.json": "application/json",
  "plan.yaml": "application/yaml",
  "manifest.json": "application/json",
};

/** Returns the names of the folders that may be runs, newest first by their names' change time. */
export function runFolders(runs: string): string[] {
  let names: string[];
  try {
    names = readdirSync(runs, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() && RUN_ID.test(entry.name) ? [entry.name] : [],
    );
  } catch {
    return []; // it does not exist yet, or may not be read
  }
  const at = (name: string) => lstatSync(join(runs, name, "run.json"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return names
    .map((name) => ({ name, atMs: at(name) }))
    .filter(({ atMs }) => atMs > 0)
    .sort((a, b) => b.atMs - a.atMs || (a.name < b.name ? 1 : -1))
    .map(({ name }) => name);
}

/** Returns run.json, or why it cannot be read, in words. */
export function recordOf(folder: string): RunRecord | string {
  try {
    return readRun(folder);
  } catch (thrown) {
    return thrown instanceof GamedayError ? thrown.message : messageOf(thrown);
  }
}

export interface FolderNow {
  readonly state: RunSummary["state"];
  readonly trouble: string | null;
  readonly verdict: Verdict | null;
}

const verdicts = new Map<string, { readonly mark: string; readonly verdict: Verdict | null }>();
const VERDICTS_MAX = 500;

/**
 * Returns how far a run is. A verdict that stands beside evidence that is not sealed was written before the end and says nothing;
 * so does one that is older than the seal, as long as the run's process lives and is about to write another. (Copied folders keep
 * no times that could be compared; a verdict that was written before the end never says "pass".)
 */
export function folderNow(folder: string, isAlive: boolean): FolderNow {
  const sealed = lstatSync(join(folder, MANIFEST_FILE), { throwIfNoEntry: false })?.mtimeMs;
  if (sealed === undefined)
    return isAlive
      ? { state: "running", trouble: null, verdict: null }
      : { state: "died", trouble: DIED, verdict: null };
  const verdict = verdictOf(folder, isAlive ? sealed : 0);
  if (verdict !== null) return { state: "ended", trouble: null, verdict };
  return isAlive
    ? { state: "judging", trouble: null, verdict: null }
    : { state: "ended", trouble: UNJUDGED, verdict: null };
}

const DIED = "The run's process ended before the evidence was sealed. `gameday judge` shows what the evidence proves.";
const UNJUDGED = "The evidence is sealed, but there is no readable verdict.";

/** Reads verdict.json if it is not older than the seal; it is kept until the file changes. */
function verdictOf(folder: string, sealedAtMs: number): Verdict | null {
  const path = join(folder, VERDICT_FILE);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.mtimeMs < Math.floor(sealedAtMs)) return null;
  const mark = `${found.ino} ${found.mtimeMs} ${found.size}`;
  const known = verdicts.get(folder);
  if (known?.mark === mark) return known.verdict;
  const verdict = parsedVerdict(path);
  const oldest = verdicts.keys().next();
  if (verdicts.size >= VERDICTS_MAX && oldest.done !== true) verdicts.delete(oldest.value);
  verdicts.set(folder, { mark, verdict });
  return verdict;
}

function parsedVerdict(path: string): Verdict | null {
  try {
    const result = verdictSchema.safeParse(JSON.parse(readRegular(path)));
    return result.success ? (result.data as Verdict) : null;
  } catch {
    return null;
  }
}

const TAIL_BYTES = 8_192;

/** Returns the time of the last event of a run, from the end of its timeline; null if none can be read there. */
export function lastEventMs(folder: string): number | null {
  try {
    const descriptor = openRegular(join(folder, TIMELINE_FILE));
    try {
      const { size } = fstatSync(descriptor);
      const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
      readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
      const times = [...bytes.toString("utf8").matchAll(/\{"atMs":(\d+(?:\.\d+)?)/g)].map(([, text]) => Number(text));
      return times.at(-1) ?? null;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
}

/** Returns the files of a run that may be downloaded. */
export function filesOf(folder: string): RunResource["files"] {
  return Object.entries(FILE_TYPES).flatMap(([name, type]) => {
    const found = lstatSync(join(folder, name), { throwIfNoEntry: false });
    return found?.isFile() === true ? [{ name, bytes: found.size, type }] : [];
  });
}

/** Returns whether the folder of a run still exists. */
export function isRunThere(folder: string): boolean {
  return isThere(join(folder, "run.json"));
}
