import { resolve } from "node:path";
import { Command } from "commander";
import type { World } from "../cli.ts";
import { compareRuns, type Tendency } from "../compare/compare.ts";
import { renderComparison } from "../compare/table.ts";
import { openEvidence } from "../evidence/reader.ts";
import { ExitCode } from "../std/errors.ts";
import { judge } from "../verdict/judge.ts";

const EXIT: Readonly<Record<Tendency, ExitCode>> = {
  worse: ExitCode.fail,
  unknown: ExitCode.unknown,
  better: ExitCode.pass,
  same: ExitCode.pass,
};

/** `gameday compare RUN RUN [...]`: compares the last run with all runs before it, each judged from its evidence. */
export function compareCommand(world: World): Command {
  return new Command("compare")
    .description("compare the last run with those before it; exit 1 if something got worse beyond noise")
    .argument("<earlier>", "a run folder")
    .argument("<later...>", "one or more run folders; the last is compared with the others")
    .option("--json", "print the comparison as JSON")
    .action((earlier: string, later: string[], flags: { readonly json?: boolean }) => {
      const runs = [earlier, ...later].map((run) => openEvidence(resolve(world.cwd, run)));
      const comparison = compareRuns(
        runs.map((evidence) => judge(evidence)),
        runs.map(({ run }) => run),
      );
      world.stdout.write(flags.json ? `${JSON.stringify(comparison, null, 2)}\n` : renderComparison(comparison));
      world.setExitCode(EXIT[comparison.change]);
    });
}
