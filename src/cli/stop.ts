import { Command } from "commander";
import type { World } from "../cli.ts";
import { askHolder } from "../run/lock.ts";
import { ExitCode, GamedayError, messageOf } from "../std/errors.ts";

/** `gameday stop`: ends the run in progress from another terminal, as Ctrl-C would: it heals first, then judges. */
export function stopCommand(world: World): Command {
  return new Command("stop")
    .description("end the run in progress from another terminal: it heals its faults, then judges")
    .action(async () => {
      const holder = await askHolder("run");
      if (holder === null) throw nothingToStop("no run in progress on this machine");
      try {
        world.interrupt(holder.pid);
      } catch (thrown) {
        throw nothingToStop(`run ${holder.runId} (process ${holder.pid}): ${messageOf(thrown)}`);
      }
      world.stdout.write(
        `asked run ${holder.runId} (process ${holder.pid}) to stop; it heals its faults, then judges\n`,
      );
    });
}

function nothingToStop(got: string): GamedayError {
  return new GamedayError({
    code: "nothing-to-stop",
    expected: "a run that may be stopped",
    got,
    exitCode: ExitCode.notReady,
  });
}
