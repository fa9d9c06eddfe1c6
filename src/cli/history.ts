import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "commander";
import type { World } from "../cli.ts";
import { type HistoryRow, historyRow, sortHistory } from "../compare/history.ts";
import { renderHistory } from "../compare/table.ts";
import { RUN_FILE } from "../evidence/files.ts";
import type { RunRecord } from "../evidence.ts";
import { VERDICT_FILE } from "../report/render.ts";
import { GamedayError, messageOf } from "../std/errors.ts";
import { isRecord, type Json } from "../std/json.ts";
import type { Verdict } from "../verdict.ts";

/** `gameday history [DIR]`: one line a run, oldest first. */
export function historyCommand(world: World): Command {
  return new Command("history")
    .description("list the runs of a folder with their verdicts, oldest first")
    .argument("[folder]", "the folder that holds the run folders", "runs")
    .option("--json", "print the rows as JSON")
    .action((folder: string, flags: { readonly json?: boolean }) => {
      const rows = sortHistory(rowsOf(resolve(world.cwd, folder)));
      world.stdout.write(flags.json ? `${JSON.stringify(rows, null, 2)}\n` : renderHistory(rows));
    });
}

/** Folders only: `latest` is a link to one of them. */
function rowsOf(folder: string): HistoryRow[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, RUN_FILE)))
    .map((entry) => rowOf(join(folder, entry.name)));
}

function rowOf(run: string): HistoryRow {
  const path = join(run, VERDICT_FILE);
  const record = readJson(join(run, RUN_FILE)) as unknown as RunRecord;
  const verdict = existsSync(path) ? readJson(path) : null;
  return historyRow(
    record,
    verdict !== null && Array.isArray(verdict["objectives"]) ? (verdict as unknown as Verdict) : null,
  );
}

function readJson(path: string): { [key: string]: Json } {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (isRecord(value)) return value;
  } catch (cause) {
    throw notJson(path, messageOf(cause), cause);
  }
  throw notJson(path, "another kind of JSON value");
}

function notJson(path: string, got: string, cause?: unknown): GamedayError {
  return new GamedayError({ code: "not-json", expected: "a JSON object", got, place: { file: path }, cause });
}
