import { join, relative } from "node:path";
import type { World } from "../../cli.ts";
import { openEvidence } from "../../evidence/reader.ts";
import { seal } from "../../evidence/seal.ts";
import { giveAllTo } from "../../evidence/writer.ts";
import type { Evidence } from "../../evidence.ts";
import { JUNIT_FILE, REPORT_FILE, renderFiles } from "../../report/render.ts";
import { renderUnfinishedJunit } from "../../report/text/junit.ts";
import { renderSummary } from "../../report/text/summary.ts";
import type { GamedayError } from "../../std/errors.ts";
import { type Judgement, judgeFully, judgeSoFar } from "../../verdict/judge.ts";
import type { Verdict } from "../../verdict.ts";
import { logsAround } from "../logs.ts";
import { writeToNamed } from "../output.ts";

/**
 * Seals, judges and reports a run, and returns the exit code of the verdict, or that of the error if the platform was never
 * ready.
 */
export function finishFolder(
  world: World,
  folder: string,
  notReady: GamedayError | null,
  onVerdict: (verdict: Verdict) => void = () => undefined,
): number {
  const verdict = sealAndJudge(world, folder);
  world.stdout.write(`\n${renderSummary(verdict)}\n${relative(world.cwd, join(folder, REPORT_FILE))}\n`);
  onVerdict(verdict);
  if (notReady === null) return verdict.exitCode;
  world.stderr.write(`gameday: ${notReady.describe()}\n`);
  return notReady.exitCode;
}

/** Seals and judges a run folder, writes the verdict and its reports beside the evidence, and returns the verdict. */
export function sealAndJudge(world: World, folder: string): Verdict {
  seal(folder);
  const verdict = write(world, folder, openEvidence(folder), judgeFully);
  giveAllTo(world.owner, folder);
  return verdict;
}

/** Writes the JUnit report that a CI collects if the run dies before its first report: it contains an error. */
export function reportBegin(world: World, folder: string, plan: string): void {
  writeToNamed(world, folder, new Map([[JUNIT_FILE, renderUnfinishedJunit(plan)]]));
}

/**
 * Judges and reports what is recorded so far, before the clean-up and the seal: none of the files claims that anything has
 * passed.
 */
export function reportSoFar(world: World, folder: string): void {
  write(world, folder, openEvidence(folder), judgeSoFar);
}

function write(world: World, folder: string, evidence: Evidence, judgeIt: (evidence: Evidence) => Judgement): Verdict {
  const judgement = judgeIt(evidence);
  writeToNamed(world, folder, renderFiles(judgement, evidence, logsAround(folder, evidence, judgement.verdict)));
  return judgement.verdict;
}
