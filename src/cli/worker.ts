import { hostname } from "node:os";
import { Command } from "commander";
import type { World } from "../cli.ts";
import { guardProcess } from "../load/script/guard.ts";
import { joinLoad } from "../load/wire/join.ts";
import { processFigures } from "../load/worker/process-figures.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";

/** The time for the last output; scripts' timers and connections could otherwise keep the process alive indefinitely. */
const LAST_WORDS_MS = 500;

/** `gameday worker`: lends this machine to a load that is coordinated elsewhere. */
export function workerCommand(world: World): Command {
  return new Command("worker")
    .description("run users for a load that is coordinated on another machine (gameday load --listen)")
    .requiredOption("--join <url>", "the coordinator: http://host:7070")
    .option("--token <text>", "its token (default: GAMEDAY_TOKEN)")
    .option("--index <n>", "the preferred slot: worker w3 is --index 3 (default: JOB_COMPLETION_INDEX, otherwise any)")
    .action(async (flags: { join: string; token?: string; index?: string }) => {
      const token = flags.token ?? world.env["GAMEDAY_TOKEN"];
      if (token === undefined)
        throw new GamedayError({ code: "no-token", expected: "--token or GAMEDAY_TOKEN", got: "neither" });
      const { exit } = guardProcess();
      const abort = new AbortController();
      using _listening = world.onInterrupt((signal) => abort.abort(interrupted(signal)));
      const joined = joinLoad({
        url: flags.join,
        token,
        index: indexOf(flags.index ?? world.env["JOB_COMPLETION_INDEX"]),
        name: `${hostname()}/${world.pid}`,
        figures: processFigures,
        signal: abort.signal,
        onNote: (says) => world.stderr.write(`${says}\n`),
      });
      // An error in a callback of a script is reported and does not end the worker.
      using _surviving = world.onCrash((thrown) => joined.scriptTrouble(thrown));
      try {
        await joined.run();
      } finally {
        setTimeout(exit, LAST_WORDS_MS).unref();
      }
    });
}

function indexOf(text: string | undefined): number | null {
  if (text === undefined || text === "") return null;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new GamedayError({ code: "bad-flag", expected: "--index as a whole number from 0", got: JSON.stringify(text) });
}

function interrupted(signal: string): GamedayError {
  const expected = "the coordinator to release this worker";
  return new GamedayError({ code: "interrupted", expected, got: signal, exitCode: ExitCode.unknown });
}
