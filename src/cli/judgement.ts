import { join, relative } from "node:path";
import type { World } from "../cli.ts";
import { openEvidence } from "../evidence/reader.ts";
import { REPORT_FILE, renderFiles } from "../report/render.ts";
import { renderSummary } from "../report/summary.ts";
import { judgeFully } from "../verdict/judge.ts";
import { writeToNamed } from "./output.ts";

/** Judges a run folder, writes the verdict and its reports beside the evidence, tells the person, returns the exit code. */
export function judgeFolder(world: World, folder: string): number {
  const evidence = openEvidence(folder);
  const judgement = judgeFully(evidence);
  writeToNamed(world, folder, renderFiles(judgement, evidence.run));
  world.stdout.write(`\n${renderSummary(judgement.verdict)}\n${relative(world.cwd, join(folder, REPORT_FILE))}\n`);
  return judgement.verdict.exitCode;
}
