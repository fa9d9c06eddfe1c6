/**
 * The track record: one JSON file per proof in docs/track-record/, with one row per attempt. Each row is appended as soon as it
 * is known, so that a proof can be resumed.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** What every row holds besides its own figures. */
export interface Row {
  readonly command: string;
  readonly commit: string;
  readonly seed: string;
  readonly date: string;
}

export interface TrackRecord<T extends Row> {
  readonly proof: string;
  /** The command that creates or continues this table. */
  readonly command: string;
  readonly rows: readonly T[];
}

export function readRecord<T extends Row>(file: string, proof: string, command: string): TrackRecord<T> {
  if (!existsSync(file)) return { proof, command, rows: [] };
  return JSON.parse(readFileSync(file, "utf8")) as TrackRecord<T>;
}

/** Adds a row and replaces the file atomically. */
export function addRow<T extends Row>(file: string, record: TrackRecord<T>, row: T): TrackRecord<T> {
  const next = { ...record, rows: [...record.rows, row] };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, `${JSON.stringify(next, null, 1)}\n`);
  renameSync(`${file}.part`, file);
  return next;
}

/** Returns the short hash of the commit under test, with a "+" when there are uncommitted changes. */
export function commit(): string {
  const git = (...args: string[]) => spawnSync("git", args, { encoding: "utf8" }).stdout.trim();
  const dirty = git("status", "--porcelain", "--", "src", "lab", "examples", "bin") === "" ? "" : "+";
  return `${git("rev-parse", "--short", "HEAD")}${dirty}`;
}
