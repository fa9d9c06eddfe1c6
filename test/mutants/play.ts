/** Plays one row and returns its result: on the fake in virtual time, on the lab by the command that a person types. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHECKERS } from "../../src/checker/catalogue.ts";
import { lieNamed } from "../../src/platform/fake/lie.ts";
import { tryExec } from "../../src/std/exec.ts";
import { judge } from "../../src/verdict/judge.ts";
import type { Verdict } from "../../src/verdict.ts";
import { simulateRun } from "../simulator/simulate.ts";
import { labPlan } from "./lab-plan.ts";
import { crashed, isRight, type Result, referee } from "./referee.ts";
import type { FakeRow, LabRow, Row } from "./row.ts";

/** Includes the wait for the lab. */
const LAB_WAIT_MS_MAX = 60 * 60_000;

/** Plays and referees a row. A row that cannot be played is reported as such; nothing is thrown. */
export async function play(row: Row, seed: string, signal: AbortSignal): Promise<Result> {
  try {
    return row.platform === "fake" ? referee(row, playOnFake(row, seed)) : await playOnLab(row, seed, signal);
  } catch (thrown) {
    return crashed(row, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

export function playOnFake(row: FakeRow, seed: string): Verdict {
  const changes = [...row.lies.map((name) => lieNamed(name).change), ...(row.changes ?? [])];
  const evidence = simulateRun({
    ...row.options,
    seed,
    changes,
    drills: row.drills,
    objectives: row.objectives,
    ...(row.claims === undefined ? {} : { claims: row.claims }),
  });
  return judge(row.twist?.(evidence) ?? evidence, CHECKERS);
}

/**
 * Plays a row on the lab. A machine has one lab at a time, and flock waits for its turn. The folder of an unexpected result is
 * kept.
 */
async function playOnLab(row: LabRow, seed: string, signal: AbortSignal): Promise<Result> {
  const parent = mkdtempSync(join(tmpdir(), "gameday-mutant-"));
  const [plan, out] = [join(parent, "plan.yaml"), join(parent, "run")];
  writeFileSync(plan, `${JSON.stringify(labPlan(row, process.cwd()), null, 1)}\n`);
  const gameday = [process.execPath, "bin/gameday.mjs", "run", plan, "--seed", seed, "--out", out];
  // --no-fork: ending the child ends the game day itself, never only the process that waits for it.
  const argv = ["flock", "--no-fork", join(tmpdir(), "gameday-lab.lock"), ...gameday];
  const { code, stderr, stdout } = await tryExec(argv, { deadlineMs: LAB_WAIT_MS_MAX, signal });
  const file = join(out, "verdict.json");
  if (!existsSync(file))
    return { ...crashed(row, `exit ${code}: ${(stderr || stdout).trim().slice(-400)}`), kept: parent };
  const result = referee(row, JSON.parse(readFileSync(file, "utf8")) as Verdict);
  if (!isRight(result)) return { ...result, kept: out };
  rmSync(parent, { recursive: true });
  return result;
}
