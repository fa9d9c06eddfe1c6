/**
 * Protects what a run folder keeps: it is overwritten neither from incomplete evidence, nor by a different verdict that nobody
 * requested.
 */
import { join } from "node:path";
import { absentFiles } from "../evidence/seal.ts";
import { VERDICT_FILE } from "../report/render.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import { isRecord, parseJson } from "../std/json.ts";
import { isThere, readRegular } from "../std/regular-file.ts";
import type { Verdict } from "../verdict.ts";

const UNREADABLE = "nothing readable";

/** Throws if evidence is missing that the manifest lists. `instead` is the command that writes elsewhere. */
export function requireListed(folder: string, instead: string): void {
  const absent = absentFiles(folder);
  if (absent.length === 0) return;
  throw new GamedayError({
    code: "evidence-left-out",
    expected: "all evidence that the manifest lists, to write into the run folder",
    got: `a folder without ${absent.join(", ")}`,
    hint: `the existing files were made from the complete evidence; to write new ones, run: gameday ${instead}`,
    exitCode: ExitCode.usage,
    place: { file: folder },
  });
}

/** Throws if the folder keeps a different verdict than the one that is about to be reported. */
export function requireSameVerdict(folder: string, { verdict }: Verdict): void {
  const kept = keptVerdict(folder);
  if (kept === null || kept === verdict || kept === UNREADABLE) return; // nothing is lost if the kept verdict cannot be read
  throw new GamedayError({
    code: "another-verdict",
    expected: `${VERDICT_FILE} to contain "${verdict}", as the evidence shows now`,
    got: `"${kept}"`,
    hint: "gameday judge RUN --write replaces the verdict; gameday report RUN --out DIR reports elsewhere",
    exitCode: ExitCode.usage,
    place: { file: folder },
  });
}

/**
 * Returns the verdict in the folder's verdict.json, in one word, to be compared with that of the evidence; null if there is
 * none.
 */
export function keptVerdict(folder: string): string | null {
  const path = join(folder, VERDICT_FILE);
  if (!isThere(path)) return null;
  try {
    const value = parseJson(readRegular(path));
    return isRecord(value) && typeof value["verdict"] === "string" ? value["verdict"] : UNREADABLE;
  } catch {
    return UNREADABLE;
  }
}
