import { Command } from "commander";
import type { World } from "../cli.ts";

interface Entry {
  readonly name: string;
  /** Started by the tool itself, not by people. */
  readonly hidden?: boolean;
  load(world: World): Promise<Command>;
}

/**
 * Every command, in the order of the help; listed only here. Each is loaded only when it is called, so that the first request
 * of a load test does not wait for a database driver.
 */
const COMMANDS: readonly Entry[] = [
  { name: "doctor", load: async (world) => (await import("./doctor.ts")).doctorCommand(world) },
  { name: "new", load: async (world) => (await import("./new.ts")).newCommand(world) },
  { name: "init", load: async (world) => (await import("./init.ts")).initCommand(world) },
  { name: "run", load: async (world) => (await import("./run.ts")).runCommand(world) },
  { name: "check", load: async (world) => (await import("./check.ts")).checkCommand(world) },
  { name: "try", load: async (world) => (await import("./try.ts")).tryCommand(world) },
  { name: "load", load: async (world) => (await import("./load.ts")).loadCommand(world) },
  { name: "worker", load: async (world) => (await import("./worker.ts")).workerCommand(world) },
  { name: "stop", load: async (world) => (await import("./stop.ts")).stopCommand(world) },
  { name: "judge", load: async (world) => (await import("./judge.ts")).judgeCommand(world) },
  { name: "report", load: async (world) => (await import("./report.ts")).reportCommand(world) },
  { name: "compare", load: async (world) => (await import("./compare.ts")).compareCommand(world) },
  { name: "history", load: async (world) => (await import("./history.ts")).historyCommand(world) },
  { name: "heal", load: async (world) => (await import("./heal.ts")).healCommand(world) },
  { name: "lab", load: async (world) => (await import("./lab.ts")).labCommand(world) },
  { name: "seal", load: async (world) => (await import("./seal.ts")).sealCommand(world) },
  { name: "check-history", load: async (world) => (await import("./check-history.ts")).checkHistoryCommand(world) },
  { name: "serve", load: async (world) => (await import("./serve.ts")).serveCommand(world) },
  { name: "watchdog", load: async (world) => (await import("./watchdog.ts")).watchdogCommand(world) },
  {
    name: "reaper",
    hidden: true,
    load: async (world) => (await import("./reaper.ts")).reaperCommand(world),
  },
  { name: "faults", load: async (world) => (await import("./faults.ts")).faultsCommand(world) },
  {
    name: "completion",
    load: async (world) =>
      (await import("./completion.ts")).completionCommand(world, () => buildProgram({ ...world, argv: [] })),
  },
];

/**
 * Builds as much of the command line as these arguments need: one command if they name one, otherwise all of them, for the
 * help.
 */
export async function buildProgram(world: World): Promise<Command> {
  const program = new Command("gameday")
    .description("A game day as one command: real load, real faults, and an honest verdict with evidence.")
    .version(world.version)
    .showHelpAfterError("(gameday --help lists all commands)")
    .showSuggestionAfterError(true)
    .configureOutput({ writeOut: (text) => world.stdout.write(text), writeErr: (text) => world.stderr.write(text) })
    .addHelpText("after", EXIT_CODES);
  const asked = COMMANDS.filter((entry) => entry.name === world.argv[0]);
  for (const entry of asked.length > 0 ? asked : COMMANDS)
    program.addCommand(await entry.load(world), { hidden: entry.hidden === true });
  adopt(program);
  return program;
}

/** Makes subcommands throw and write as the program does, instead of ending the process. */
function adopt(command: Command, path: readonly string[] = []): void {
  command.exitOverride();
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    child.showHelpAfterError(`(gameday ${[...path, child.name()].join(" ")} --help lists its flags)`);
    adopt(child, [...path, child.name()]);
  }
}

const EXIT_CODES = `
Exit codes: 0 pass, 1 fail, 2 unknown, 3 bad plan or usage, 4 platform not ready, 5 residue left, 70 bug.`;
