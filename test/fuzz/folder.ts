/** A sealed run folder of the fake on disk, and the judging of a damaged copy of it. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  EVIDENCE_FILES,
  HISTORY_FILE,
  INTERVALS_FILE,
  LEDGER_FILE,
  MANIFEST_FILE,
  PLAN_FILE,
  RUN_FILE,
  TIMELINE_FILE,
} from "../../src/evidence/files.ts";
import { openEvidence } from "../../src/evidence/reader.ts";
import { seal } from "../../src/evidence/seal.ts";
import type { Evidence } from "../../src/evidence.ts";
import type { Status } from "../../src/status.ts";
import { GamedayError } from "../../src/std/errors.ts";
import type { Random } from "../../src/std/random.ts";
import { judge } from "../../src/verdict/judge.ts";
import { DAMAGES, damage } from "./damage.ts";

const FILES = [...EVIDENCE_FILES, MANIFEST_FILE];

/** What became of a damaged folder: a status, or a clear error (which is never a pass). */
export interface FuzzResult {
  readonly file: string;
  readonly damage: string;
  readonly resealed: boolean;
  readonly changed: boolean;
  readonly outcome: Status | "error";
}

/** Writes the evidence as a run folder and seals it. */
export function writeFolder(folder: string, evidence: Evidence): void {
  const lines = (all: Iterable<unknown>) => [...all].map((line) => `${JSON.stringify(line)}\n`).join("");
  writeFileSync(join(folder, RUN_FILE), JSON.stringify(evidence.run));
  writeFileSync(join(folder, PLAN_FILE), "name: fuzzed\n");
  writeFileSync(join(folder, TIMELINE_FILE), lines(evidence.timeline));
  writeFileSync(join(folder, HISTORY_FILE), lines(evidence.operations()));
  writeFileSync(join(folder, INTERVALS_FILE), lines(evidence.intervals()));
  writeFileSync(join(folder, LEDGER_FILE), lines(evidence.ledger()));
  seal(folder);
}

/** Damages one file of a copy and judges it. Throws whatever is not a GamedayError: that would be a bug. */
export function fuzzOnce(folder: string, random: Random, reseal: boolean): FuzzResult {
  const copy = mkdtempSync(join(tmpdir(), "gameday-fuzz-"));
  try {
    cpSync(folder, copy, { recursive: true });
    const file = random.pick(reseal ? EVIDENCE_FILES : FILES);
    const kind = random.pick(DAMAGES);
    const before = readFileSync(join(copy, file), "utf8");
    const after = damage(kind, before, random);
    writeFileSync(join(copy, file), after);
    if (reseal) resealFolder(copy);
    return { file, damage: kind, resealed: reseal, changed: before !== after, outcome: judgeFolder(copy) };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** As a forger would: the damage is sealed, so that only the judge's own rules can tell. */
function resealFolder(folder: string): void {
  rmSync(join(folder, MANIFEST_FILE));
  seal(folder);
}

export function judgeFolder(folder: string): Status | "error" {
  try {
    return judge(openEvidence(folder)).verdict;
  } catch (thrown) {
    if (thrown instanceof GamedayError) return "error";
    throw thrown;
  }
}
