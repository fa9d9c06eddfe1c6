import { relative, resolve } from "node:path";
import { Command } from "commander";
import type { World } from "../cli.ts";
import { openEvidence } from "../evidence/reader.ts";
import { renderVerdict, VERDICT_FILE } from "../report/render.ts";
import { renderSummary } from "../report/text/summary.ts";
import { keepYoungHeapSmall } from "../std/young-heap.ts";
import { judge } from "../verdict/judge.ts";
import { requireListed } from "./kept-verdict.ts";
import { writeToNamed } from "./output.ts";

interface JudgeFlags {
  readonly out?: string;
  readonly write?: boolean;
  readonly json?: boolean;
}

/**
 * `gameday judge RUN`: computes the verdict again from the evidence alone; the result has the same bytes as on the day. It
 * writes only with --write or --out.
 */
export function judgeCommand(world: World): Command {
  return new Command("judge")
    .description("judge a run folder again from its evidence and print the verdict, which also decides the exit code")
    .argument("<run>", "the run folder, such as runs/latest")
    .option("--write", `write ${VERDICT_FILE} into the run folder, replacing the existing one`)
    .option("--out <folder>", `write ${VERDICT_FILE} into this folder`)
    .option("--json", "print the verdict as JSON")
    .action((run: string, flags: JudgeFlags) => {
      keepYoungHeapSmall();
      const folder = resolve(world.cwd, run);
      const verdict = judge(openEvidence(folder));
      const text = renderVerdict(verdict);
      if (flags.write) requireListed(folder, "judge RUN --out DIR");
      for (const into of [...(flags.write ? [folder] : []), ...(flags.out === undefined ? [] : [flags.out])])
        write(world, resolve(world.cwd, into), text);
      world.stdout.write(flags.json ? text : renderSummary(verdict));
      world.setExitCode(verdict.exitCode);
    });
}

function write(world: World, folder: string, text: string): void {
  writeToNamed(world, folder, new Map([[VERDICT_FILE, text]]));
  world.stderr.write(`gameday: wrote ${relative(world.cwd, folder) || "."}/${VERDICT_FILE}\n`);
}
