import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKERS } from "../checker/catalogue.ts";
import type { World } from "../cli.ts";
import { openEvidence } from "../evidence/reader.ts";
import { renderMarkdown } from "../report/markdown.ts";
import { judge } from "../verdict/judge.ts";

/** Judges a run folder, writes the verdict and its reports beside the evidence, tells the person, returns the exit code. */
export function judgeFolder(world: World, folder: string): number {
  const evidence = openEvidence(folder);
  const verdict = judge(evidence, CHECKERS);
  const markdown = renderMarkdown(verdict, evidence.run);
  writeFileSync(join(folder, "verdict.json"), `${JSON.stringify(verdict, null, 2)}\n`);
  writeFileSync(join(folder, "report.md"), markdown);
  world.stdout.write(`\n${verdict.sentence}\n${join(folder, "report.md")}\n`);
  return verdict.exitCode;
}
