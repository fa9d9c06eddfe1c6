import { Command, InvalidArgumentError } from "commander";
import type { World } from "../cli.ts";
import { requireScripts } from "../load/script/inspect.ts";
import { checkSurroundings } from "../run/plan-check.ts";
import { scriptsOf } from "./check/script.ts";
import { outputFlagsOf, outputOptions } from "./output-flags.ts";
import { readPlanFile, requireNone, surroundingsOf } from "./plan-file.ts";
import { discreet } from "./redact.ts";
import { playGameDay } from "./run/game-day.ts";
import { neglectedProxy } from "./run/proxy.ts";
import { repeatGameDays } from "./run/repeat.ts";

interface RunFlags {
  readonly out?: string;
  readonly seed?: string;
  readonly repeat?: number;
  readonly dashboard?: true;
}

/** `gameday run PLAN`: runs the whole game day; the exit code is the verdict's. */
export function runCommand(world: World): Command {
  const command = new Command("run")
    .description("run a game day: load, faults, ledger, verdict")
    .argument("<plan>", "the plan, a YAML file")
    .option(
      "--out <folder>",
      "the run folder to create (default: runs/<plan>-<UTC>-<seed>, and runs/latest points to it)",
    )
    .option("--seed <seed>", "repeat the choices of an earlier run (default: the plan's seed, otherwise a new one)")
    .option(
      "--dashboard",
      "show the run on the dashboard, which is started if none serves its folder, and print the link",
    )
    .option("--repeat <runs>", "run this many game days one after another, then summarise their recovery times", runsOf)
    .action(async (file: string, flags: RunFlags) => {
      const planFile = readPlanFile(world, file);
      const { secrets } = planFile;
      try {
        // Scripts that do not load, and missing parts, are reported before a platform is started for them.
        const scripts = await requireScripts(scriptsOf(planFile.plan));
        requireNone(checkSurroundings(planFile, surroundingsOf(world, planFile, scripts)));
        const says = neglectedProxy(planFile.plan, world.env);
        if (says !== null) world.stderr.write(`gameday: ${says}\n`);
        const { repeat, out, seed, dashboard } = flags;
        const one = {
          ...(dashboard === undefined ? {} : { dashboard }),
          ...(out === undefined ? {} : { out }),
          ...(seed === undefined ? {} : { seed }),
          outputs: outputFlagsOf({ ...flags }),
        };
        const discreetWorld = discreet(world, secrets);
        world.setExitCode(
          repeat === undefined
            ? await playGameDay(discreetWorld, planFile, one)
            : await repeatGameDays(discreetWorld, planFile, { ...one, runs: repeat }),
        );
      } catch (thrown) {
        throw secrets.redactError(thrown);
      }
    });
  for (const option of outputOptions()) command.addOption(option);
  return command;
}

const RUNS_MAX = 1_000;

function runsOf(given: string): number {
  const runs = Number(given);
  if (Number.isInteger(runs) && runs >= 1 && runs <= RUNS_MAX) return runs;
  throw new InvalidArgumentError(`expected a whole number from 1 to ${RUNS_MAX}`);
}
