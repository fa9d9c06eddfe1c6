import { join, relative } from "node:path";
import type { World } from "../../cli.ts";
import { openEvidence } from "../../evidence/reader.ts";
import type { Evidence } from "../../evidence.ts";
import { REPORT_FILE, renderFiles } from "../../report/render.ts";
import { renderSummary } from "../../report/summary.ts";
import { judgeFully } from "../../verdict/judge.ts";
import type { Verdict } from "../../verdict.ts";
import { writeToNamed } from "../output.ts";

/** Judges a run folder, writes the verdict and its reports beside the evidence, tells the person, returns the exit code. */
export function judgeFolder(world: World, folder: string): number {
  const verdict = write(world, folder, openEvidence(folder));
  world.stdout.write(`\n${renderSummary(verdict)}\n${relative(world.cwd, join(folder, REPORT_FILE))}\n`);
  return verdict.exitCode;
}

/** Judges and reports what is recorded so far. That it is not sealed yet is no flaw: it is not at its end. */
export function reportSoFar(world: World, folder: string): void {
  write(world, folder, { ...openEvidence(folder), flaws: [] });
}

function write(world: World, folder: string, evidence: Evidence): Verdict {
  const judgement = judgeFully(evidence);
  writeToNamed(world, folder, renderFiles(judgement, evidence.run));
  return judgement.verdict;
}
