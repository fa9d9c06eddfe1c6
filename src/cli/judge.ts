import { relative, resolve } from "node:path";
import { Command } from "commander";
import type { World } from "../cli.ts";
import { openEvidence } from "../evidence/reader.ts";
import { renderVerdict, VERDICT_FILE } from "../report/render.ts";
import { renderSummary } from "../report/summary.ts";
import { judge } from "../verdict/judge.ts";
import { writeInto, writeToNamed } from "./output.ts";

interface JudgeFlags {
  readonly out?: string;
  readonly json?: boolean;
}

/** `gameday judge RUN`: the verdict again, from the evidence alone; the same bytes as on the day. */
export function judgeCommand(world: World): Command {
  return new Command("judge")
    .description("judge a run folder again from its evidence; the exit code is the verdict's")
    .argument("<run>", "the run folder, such as runs/latest")
    .option("--out <folder>", `where to write ${VERDICT_FILE} (default: the run folder)`)
    .option("--json", "print the verdict as JSON and write no file")
    .action((run: string, flags: JudgeFlags) => {
      const folder = resolve(world.cwd, run);
      const verdict = judge(openEvidence(folder));
      const text = renderVerdict(verdict);
      if (flags.json) world.stdout.write(text);
      else {
        const written = keep(world, folder, flags.out, text);
        world.stdout.write(written ? renderSummary(verdict) : text);
      }
      world.setExitCode(verdict.exitCode);
    });
}

/** False when the run folder is read-only and no other was named: then the verdict goes to the standard output. */
function keep(world: World, folder: string, out: string | undefined, text: string): boolean {
  const files = new Map([[VERDICT_FILE, text]]);
  if (out !== undefined) {
    writeToNamed(world, resolve(world.cwd, out), files);
    return true;
  }
  if (writeInto(world, folder, files)) return true;
  world.stderr.write(
    `gameday: ${relative(world.cwd, folder)} is read-only; here is the verdict (--out DIR writes it)\n`,
  );
  return false;
}
