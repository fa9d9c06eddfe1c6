/**
 * Reads lines of the logs that a run collected (`logs/` in the run folder), with the moment that each line names. Logs are no
 * evidence: they are not sealed, and nothing is judged by them.
 */
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readRegular } from "../std/regular-file.ts";
import { stampIn } from "./log-stamp.ts";

export interface LogFileLine {
  /** Milliseconds since the run began. */
  readonly atMs: number;
  readonly file: string;
  readonly text: string;
}

export const LOGS_FOLDER = "logs";
const FILES_MAX = 200;
/** The most characters of a line; the rest says little and is cut. */
const CHARACTERS_MAX = 300;

export interface LogSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Returns the lines whose own time falls into one of the spans, file by file. A line without a time is left out. Files that cannot
 * be read are left out, too: a report must not fail because of its logs.
 */
export function readLogLines(folder: string, startedAt: string, spans: readonly LogSpan[]): LogFileLine[] {
  const startMs = Date.parse(startedAt);
  if (spans.length === 0 || Number.isNaN(startMs)) return [];
  return logFiles(join(folder, LOGS_FOLDER)).flatMap((file) => {
    const text = textOf(join(folder, LOGS_FOLDER, file));
    return text === null ? [] : linesWithin(text, file, startMs, spans);
  });
}

function linesWithin(text: string, file: string, startMs: number, spans: readonly LogSpan[]): LogFileLine[] {
  const lines: LogFileLine[] = [];
  for (const line of text.split("\n")) {
    const stamp = stampIn(line);
    if (stamp === null) continue;
    const atMs = stamp - startMs;
    if (!spans.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs)) continue;
    lines.push({ atMs, file, text: line.slice(0, CHARACTERS_MAX) });
  }
  return lines;
}

function logFiles(folder: string): string[] {
  try {
    // A link is not followed: the folder may have been made by somebody else.
    if (!lstatSync(folder).isDirectory()) return [];
    return readdirSync(folder)
      .filter((name) => name.endsWith(".log"))
      .sort()
      .slice(0, FILES_MAX);
  } catch {
    return [];
  }
}

function textOf(path: string): string | null {
  try {
    return readRegular(path);
  } catch {
    return null;
  }
}
