import { join, relative, resolve } from "node:path";
import { Command } from "commander";
import type { World } from "../cli.ts";
import { openEvidence } from "../evidence/reader.ts";
import { renderFiles } from "../report/render.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import { judgeFully } from "../verdict/judge.ts";
import { requireListed, requireSameVerdict } from "./kept-verdict.ts";
import { logsAround } from "./logs.ts";
import { writeInto, writeToNamed } from "./output.ts";

/**
 * `gameday report RUN`: writes all reports again, from the evidence alone. The exit code is 0 if they were written. A run
 * folder that keeps a different verdict, or only part of its evidence, is not changed.
 */
export function reportCommand(world: World): Command {
  return new Command("report")
    .description(
      "write report.html, report.md, junit.xml, stats.json, verdict.json and the CSV files of a run folder again",
    )
    .argument("<run>", "the run folder, such as runs/latest")
    .option("--out <folder>", "the folder to write to (default: the run folder)")
    .action((run: string, flags: { readonly out?: string }) => {
      const folder = resolve(world.cwd, run);
      const evidence = openEvidence(folder);
      const judgement = judgeFully(evidence);
      const files = renderFiles(judgement, evidence, logsAround(folder, evidence, judgement.verdict));
      if (flags.out === undefined) {
        requireListed(folder, "report RUN --out DIR");
        requireSameVerdict(folder, judgement.verdict);
      }
      const into = flags.out === undefined ? folder : resolve(world.cwd, flags.out);
      if (flags.out !== undefined) writeToNamed(world, into, files);
      else if (!writeInto(world, into, files)) throw readOnly(folder);
      for (const name of files.keys()) world.stdout.write(`${relative(world.cwd, join(into, name))}\n`);
    });
}

function readOnly(folder: string): GamedayError {
  return new GamedayError({
    code: "folder-read-only",
    expected: "a run folder that can be written to",
    got: `${folder}, which is read-only`,
    hint: "choose another folder: gameday report RUN --out DIR",
    exitCode: ExitCode.usage,
  });
}
