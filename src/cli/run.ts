import { Command } from "commander";
import type { World } from "../cli.ts";
import { requireScripts } from "../load/inspect.ts";
import { scriptsOf } from "./check-script.ts";
import { playGameDay } from "./game-day.ts";
import { readPlanFile } from "./plan-file.ts";
import { discreet } from "./redact.ts";

interface RunFlags {
  readonly out?: string;
  readonly seed?: string;
}

/** `gameday run PLAN`: the whole game day; the exit code is the verdict's. */
export function runCommand(world: World): Command {
  return new Command("run")
    .description("run a game day: load, faults, ledger, verdict")
    .argument("<plan>", "the plan, a YAML file")
    .option(
      "--out <folder>",
      "the run folder to make (default: runs/<plan>-<UTC>-<seed>, and runs/latest points to it)",
    )
    .option("--seed <seed>", "repeat the choices of an earlier run (default: the plan's, else a new one)")
    .action(async (file: string, flags: RunFlags) => {
      const planFile = readPlanFile(world, file);
      const { secrets } = planFile;
      try {
        // A script that does not load is told before a platform is started for it.
        await requireScripts(scriptsOf(planFile.plan));
        world.setExitCode(await playGameDay(discreet(world, secrets), planFile, flags));
      } catch (thrown) {
        throw secrets.redactError(thrown);
      }
    });
}
