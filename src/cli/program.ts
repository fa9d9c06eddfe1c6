import { Command } from "commander";
import type { World } from "../cli.ts";
import { checkCommand } from "./check.ts";
import { runCommand } from "./run.ts";
import { sealCommand } from "./seal.ts";
import { stopCommand } from "./stop.ts";

/** The whole command line; every command is listed here and nowhere else. */
export function buildProgram(world: World): Command {
  const program = new Command("gameday")
    .description("A game day as one command: real load, real faults, and an honest verdict with evidence.")
    .version(world.version)
    .showHelpAfterError("(gameday --help lists all commands)")
    .showSuggestionAfterError(true)
    .configureOutput({ writeOut: (text) => world.stdout.write(text), writeErr: (text) => world.stderr.write(text) })
    .addHelpText("after", EXIT_CODES);
  for (const command of [runCommand(world), checkCommand(world), sealCommand(world), stopCommand(world)])
    program.addCommand(command);
  adopt(program);
  return program;
}

/** Subcommands throw and write as the program does, instead of ending the process. */
function adopt(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    adopt(child);
  }
}

const EXIT_CODES = `
Exit codes: 0 pass, 1 fail, 2 unknown, 3 bad plan or usage, 4 platform not ready, 5 residue left, 70 bug.`;
