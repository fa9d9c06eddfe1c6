/**
 * Judges damaged copies of one passing and several failing runs of the fake. Half of the copies are sealed again after the
 * damage.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MANIFEST_FILE } from "../../src/evidence/files.ts";
import { lieNamed } from "../../src/platform/fake/lie.ts";
import type { Status } from "../../src/status.ts";
import { type Random, seededRandom } from "../../src/std/random.ts";
import { simulateRun } from "../simulator/simulate.ts";
import { type FuzzResult, fuzzOnce, judgeFolder, writeFolder } from "./folder.ts";

const LIARS = [null, "async-replication", "pinned-pool", "drops-acknowledged-write"] as const;

export interface Campaign {
  readonly folders: number;
  readonly seed: string;
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
  readonly error: number;
  /** Folders that passed although the whole one did not, or although their seal no longer holds. */
  readonly wrong: readonly FuzzResult[];
}

/** Judges `count` damaged folders (rounded up to a multiple of the four runs that are damaged). */
export function fuzz(count: number, seed: string): Campaign {
  const random = seededRandom(`fuzz ${seed}`);
  const results: CampaignResult[] = [];
  const wrong: CampaignResult[] = [];
  for (const liar of LIARS) {
    const { whole, damaged } = fuzzRun(liar, Math.ceil(count / LIARS.length), seed, random);
    results.push(...damaged);
    wrong.push(...damaged.filter((one) => isWrong(one, whole)));
  }
  const of = (outcome: string) => results.filter((one) => one.outcome === outcome).length;
  const counts = { pass: of("pass"), fail: of("fail"), unknown: of("unknown"), error: of("error") };
  return { folders: results.length, seed, ...counts, wrong };
}

function fuzzRun(liar: (typeof LIARS)[number], count: number, seed: string, random: Random) {
  const folders = [false, true].map((closed) => ({ closed, at: mkdtempSync(join(tmpdir(), "gameday-fuzz-whole-")) }));
  try {
    const changes = liar === null ? [] : [lieNamed(liar).change];
    const evidence = simulateRun({ seed, changes, users: 3, warmUpMs: 2_000, calmMs: 4_000 });
    for (const { closed, at } of folders) writeFolder(at, evidence, { closed });
    const judged = folders.map(({ at }) => judgeFolder(at));
    if (new Set(judged).size > 1) throw new Error(`expected one verdict of the whole folders, got ${judged.join()}`);
    const damaged = Array.from({ length: count }, (_, number) => {
      const { at, closed } = folders[(number >> 1) % 2] as (typeof folders)[number];
      return { ...fuzzOnce(at, random, number % 2 === 1), closed };
    });
    return { whole: judged[0] as Status | "error", damaged };
  } finally {
    for (const { at } of folders) rmSync(at, { recursive: true, force: true });
  }
}

/** A result. `closed` means that the run wrote its own last line, so that a new seal hides nothing. */
interface CampaignResult extends FuzzResult {
  readonly closed: boolean;
}

function isWrong(result: CampaignResult, whole: Status | "error"): boolean {
  return result.outcome === "pass" && result.changed && (whole !== "pass" || isBroken(result));
}

/**
 * Returns whether the damage must be found. The manifest itself is no evidence: its content may be formatted differently and
 * still hold.
 */
function isBroken({ resealed, file, closed }: CampaignResult): boolean {
  return (closed || !resealed) && file !== MANIFEST_FILE;
}
