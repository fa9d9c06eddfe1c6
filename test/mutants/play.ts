/** Plays one row and returns its result: on the fake in virtual time, on the lab by the command that a person types. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHECKERS } from "../../src/checker/catalogue.ts";
import { behave } from "../../src/platform/fake/behaviour.ts";
import { lieNamed } from "../../src/platform/fake/lie.ts";
import { tryExec } from "../../src/std/exec.ts";
import { judge } from "../../src/verdict/judge.ts";
import type { Verdict } from "../../src/verdict.ts";
import { conductSimulation } from "../simulator/conduct.ts";
import { type SimulationOptions, simulateRun } from "../simulator/simulate.ts";
import { labPlan } from "./lab-plan.ts";
import { crashed, isRight, type Result, referee } from "./referee.ts";
import type { FakeRow, LabRow, Row } from "./row.ts";

/** Includes the wait for the lab. */
const LAB_WAIT_MS_MAX = 60 * 60_000;

/** Plays and referees a row. A row that cannot be played is reported as such; nothing is thrown. */
export async function play(row: Row, seed: string, signal: AbortSignal): Promise<Result> {
  try {
    return row.platform === "fake" ? referee(row, await playOnFake(row, seed)) : await playOnLab(row, seed, signal);
  } catch (thrown) {
    return crashed(row, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** Plays a row on the fake: conducted by the real conductor, unless the row is about a mistake that the real one cannot make. */
export async function playOnFake(row: FakeRow, seed: string): Promise<Verdict> {
  const changes = [...row.lies.map((name) => lieNamed(name).change), ...(row.changes ?? [])];
  const { drills, objectives, claims } = row;
  const options: SimulationOptions = {
    ...row.options,
    seed,
    changes,
    drills,
    objectives,
    ...(claims !== undefined && { claims }),
  };
  const evidence = needsSimulatedConductor(options) ? simulateRun(options) : await conductSimulation(options);
  return judge(row.twist?.(evidence) ?? evidence, CHECKERS);
}

/**
 * Returns whether only the simulated conductor can play this. The real one refuses a platform that is not whole before the run,
 * never claims a bite without a witness, and does not wait between the choice of targets and the fault. Its autoscaling watch belongs
 * to platforms that report their own autoscaler, and pages of a ledger come over HTTP, for which virtual time cannot wait.
 */
export function needsSimulatedConductor({ changes = [], scaling }: SimulationOptions): boolean {
  const { report, ledger } = behave(changes);
  if (ledger.pages !== null) return true;
  const claimsBites = report.bites === "unwitnessed" || report.bites === "failed";
  const isNotWhole = report.unhealthyBefore || report.membersMissing > 0;
  return claimsBites || isNotWhole || report.quietBeforeFault || scaling !== undefined;
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
