import { type Dirent, existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Command } from "commander";
import type { World } from "../cli.ts";
import { type HistoryRow, historyRow, sortHistory, unreadableRow } from "../compare/history.ts";
import { renderHistory } from "../compare/table.ts";
import { RUN_FILE } from "../evidence/files.ts";
import { VERDICT_FILE } from "../report/render.ts";
import { GamedayError, systemReason } from "../std/errors.ts";
import { isRecord, type Json } from "../std/json.ts";
import { verdictSchema } from "../verdict/schema.ts";
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
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, RUN_FILE)))
    .map((entry) => rowOf(join(folder, entry.name)));
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    const got = systemReason(cause);
    throw new GamedayError({ code: "no-folder", expected: "a folder of runs", got, place: { file: folder }, cause });
  }
}

/** One run that cannot be read, killed as it was begun perhaps, keeps nobody from seeing the others. */
function rowOf(run: string): HistoryRow {
  const record = readJson(join(run, RUN_FILE));
  if (typeof record?.["runId"] !== "string" || typeof record["startedAt"] !== "string")
    return unreadableRow(basename(run), `${RUN_FILE} cannot be read`);
  const { runId, startedAt } = record;
  const path = join(run, VERDICT_FILE);
  if (!existsSync(path)) return historyRow({ runId, startedAt }, null);
  const verdict = verdictSchema.safeParse(readJson(path));
  if (verdict.success) return historyRow({ runId, startedAt }, verdict.data as Verdict);
  return { ...unreadableRow(runId, `${VERDICT_FILE} cannot be read; gameday judge makes it anew`), startedAt };
}

function readJson(path: string): { [key: string]: Json } | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined; // said in the run's row
  }
}
