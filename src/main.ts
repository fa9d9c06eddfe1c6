/**
 * The program: builds the commands, runs the requested one, and turns any error that was thrown into a message and an exit
 * code.
 */
import { CommanderError } from "commander";
import { describeBug } from "./cli/bug.ts";
import { buildProgram } from "./cli/program.ts";
import type { World } from "./cli.ts";
import { ExitCode, GamedayError } from "./std/errors.ts";
import { realWorld } from "./world.ts";

export async function main(world: World = realWorld()): Promise<void> {
  // Without this handler the runtime would exit with 1, which means that a platform failed.
  using _crash = world.onCrash((thrown) => {
    world.stderr.write(describeBug(thrown));
    world.exit(ExitCode.bug);
  });
  try {
    const program = await buildProgram(world);
    await program.parseAsync([...world.argv], { from: "user" });
  } catch (thrown) {
    world.setExitCode(report(thrown, world));
  }
}

function report(thrown: unknown, world: World): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? ExitCode.pass : ExitCode.usage;
  if (thrown instanceof GamedayError) {
    world.stderr.write(`gameday: ${thrown.describe()}\n`);
    return thrown.exitCode;
  }
  world.stderr.write(describeBug(thrown));
  return ExitCode.bug;
}
