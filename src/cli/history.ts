import { type Dirent, existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Command } from "commander";
import type { World } from "../cli.ts";
import { type HistoryRow, historyRow, sortHistory, unreadableRow } from "../compare/history.ts";
import { renderHistory } from "../compare/table.ts";
import { RUN_FILE } from "../evidence/files.ts";
import { openEvidence } from "../evidence/reader.ts";
import { GamedayError, systemReason } from "../std/errors.ts";
import { isThere } from "../std/regular-file.ts";
import { judge } from "../verdict/judge.ts";
import { keptVerdict } from "./kept-verdict.ts";

/** `gameday history [DIR]`: prints one line for each run, the oldest first. */
export function historyCommand(world: World): Command {
  return new Command("history")
    .description("judge the runs of a folder again from their evidence and list them, oldest first")
    .argument("[folder]", "the folder that holds the run folders", "runs")
    .option("--json", "print the rows as JSON")
    .action((folder: string, flags: { readonly json?: boolean }) => {
      const rows = sortHistory(rowsOf(resolve(world.cwd, folder)));
      world.stdout.write(flags.json ? `${JSON.stringify(rows, null, 2)}\n` : renderHistory(rows));
    });
}

/** Returns the rows of all run folders. Links are skipped: `latest` is a link to one of the folders. */
function rowsOf(folder: string): HistoryRow[] {
  if (!existsSync(folder)) return [];
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory() && isThere(join(folder, entry.name, RUN_FILE)))
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

/**
 * Judges a run now, from its evidence. A run that cannot be read, perhaps because it was killed as it began, does not hide the
 * others.
 */
function rowOf(folder: string): HistoryRow {
  try {
    const evidence = openEvidence(folder);
    return historyRow(evidence.run, judge(evidence), keptVerdict(folder));
  } catch (thrown) {
    if (!(thrown instanceof GamedayError)) throw thrown;
    return unreadableRow(basename(folder), thrown.message);
  }
}
