/** A sealed run folder of the fake on disk, and the judging of a damaged copy of it. */
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
import { measure, seal } from "../../src/evidence/seal.ts";
import type { Evidence } from "../../src/evidence.ts";
import type { Status } from "../../src/status.ts";
import { GamedayError } from "../../src/std/errors.ts";
import type { Random } from "../../src/std/random.ts";
import { judge } from "../../src/verdict/judge.ts";
import { DAMAGES, damage, emptyRead } from "./damage.ts";
import { deepLine, TRAPS } from "./hostile.ts";

const FILES = [...EVIDENCE_FILES, MANIFEST_FILE];

/** The outcome for a damaged folder: a status, or a clear error (which is never a pass). */
export interface FuzzResult {
  readonly file: string;
  readonly damage: string;
  readonly resealed: boolean;
  readonly changed: boolean;
  readonly outcome: Status | "error";
}

/** Writes the evidence as a run folder and seals it. With `closed`, it has the last line that the tool itself writes. */
export function writeFolder(folder: string, evidence: Evidence, { closed = false } = {}): void {
  const lines = (all: Iterable<unknown>) => [...all].map((line) => `${JSON.stringify(line)}\n`).join("");
  const texts = new Map<string, string>([
    [RUN_FILE, JSON.stringify({ ...evidence.run, ...(closed && { closes: true }) })],
    [PLAN_FILE, "name: fuzzed\n"],
    [TIMELINE_FILE, lines(evidence.timeline)],
    [HISTORY_FILE, lines(evidence.operations())],
    [INTERVALS_FILE, lines(evidence.intervals())],
    [LEDGER_FILE, lines(evidence.ledger())],
  ]);
  for (const [name, text] of texts) writeFileSync(join(folder, name), text);
  if (closed) appendFileSync(join(folder, TIMELINE_FILE), closedLine(folder, evidence));
  seal(folder);
}

function closedLine(folder: string, { timeline }: Evidence): string {
  const files = Object.fromEntries(EVIDENCE_FILES.map((name) => [name, measure(join(folder, name))]));
  return `${JSON.stringify({ atMs: timeline.at(-1)?.atMs ?? 0, type: "closed", files })}\n`;
}

/** Damages one file of a copy and judges it. Throws any error other than a GamedayError, because that would be a bug. */
export function fuzzOnce(folder: string, random: Random, reseal: boolean): FuzzResult {
  const parent = mkdtempSync(join(tmpdir(), "gameday-fuzz-"));
  const copy = join(parent, "run");
  try {
    cpSync(folder, copy, { recursive: true });
    writeFileSync(join(parent, OUTSIDE), OUTSIDE);
    const done = damageOne(copy, join(parent, OUTSIDE), random, reseal);
    const outcome = reseal ? resealed(copy) : judgeFolder(copy);
    if (readFileSync(join(parent, OUTSIDE), "utf8") !== OUTSIDE) throw new Error("what is outside was written to");
    return { ...done, resealed: reseal, outcome };
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

const OUTSIDE = "outside";
const KINDS = [...DAMAGES, "empty-read", "empty-read-counted", "trap", "deep-line"] as const;

type Damaged = Pick<FuzzResult, "file" | "damage" | "changed">;

function damageOne(copy: string, outside: string, random: Random, reseal: boolean): Damaged {
  const kind = random.pick(KINDS);
  const file = kind.startsWith("empty-read") ? LEDGER_FILE : random.pick(reseal ? EVIDENCE_FILES : FILES);
  const path = join(copy, file);
  if (kind === "trap") {
    const trap = random.pick(TRAPS);
    trap.lay(path, outside);
    return { file, damage: trap.name, changed: true };
  }
  const before = readFileSync(path, "utf8");
  if (kind === "deep-line") deepLine(path);
  else if (kind === "empty-read" || kind === "empty-read-counted")
    writeFileSync(path, emptyRead(before, kind === "empty-read-counted", random));
  else writeFileSync(path, damage(kind, before, random));
  return { file, damage: kind, changed: before !== readFileSync(path, "utf8") };
}

/** Seals the damage, as a forger would, so that only the judge's own rules can detect it. */
function resealed(folder: string): Status | "error" {
  try {
    rmSync(join(folder, MANIFEST_FILE));
    seal(folder);
  } catch (thrown) {
    if (thrown instanceof GamedayError) return "error";
    throw thrown;
  }
  return judgeFolder(folder);
}

export function judgeFolder(folder: string): Status | "error" {
  try {
    return judge(openEvidence(folder)).verdict;
  } catch (thrown) {
    if (thrown instanceof GamedayError) return "error";
    throw thrown;
  }
}
