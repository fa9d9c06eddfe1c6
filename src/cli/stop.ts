import { Command } from "commander";
import type { World } from "../cli.ts";
import { setKillSwitch } from "../control/kill-switch.ts";
import { askHolders, type Holder, sayHolder } from "../run/lock.ts";
import { ExitCode, GamedayError, messageOf } from "../std/errors.ts";
import { stateFolderOf } from "./state-folder.ts";

/** `gameday stop`: ends a run in progress from another terminal, as Ctrl-C would: the run heals first, then judges. */
export function stopCommand(world: World, holders: () => Promise<Holder[]> = () => askHolders("run")): Command {
  return new Command("stop")
    .description("end the run in progress from another terminal; it heals its faults and is judged")
    .argument("[run]", "the run's id or process, if several are in progress")
    .option("--all", "end all runs in progress")
    .option("--forbid", "set the kill switch: end all runs, and start nothing until it is released")
    .option("--release", "release the kill switch, which the dashboard or --forbid has set")
    .action(async (run: string | undefined, flags: { all?: true; forbid?: true; release?: true }) => {
      if (flags.release === true) return release(world);
      if (flags.forbid === true) return await forbid(world, holders);
      for (const holder of chosen(await holders(), run, flags.all === true)) stop(world, holder);
    });
}

function release(world: World): void {
  setKillSwitch(stateFolderOf(world), "off");
  world.stdout.write("the kill switch is off; runs may start again\n");
}

/** Sets the switch first, so that nothing new starts while the runs are being ended. */
async function forbid(world: World, holders: () => Promise<Holder[]>): Promise<void> {
  const since = world.now().toISOString();
  setKillSwitch(stateFolderOf(world), { since, by: "terminal", because: null });
  world.stdout.write("the kill switch is on; nothing starts until `gameday stop --release`\n");
  for (const holder of await holders()) stop(world, holder);
}

/** Returns the runs to stop without guessing: if several are in progress, one must be named. */
function chosen(running: readonly Holder[], run: string | undefined, all: boolean): readonly Holder[] {
  if (running.length === 0) throw nothingToStop("no run is in progress on this machine");
  if (all) return running;
  const meant = running.filter(({ runId, pid }) => run === undefined || run === runId || run === String(pid));
  const [only] = meant;
  if (only !== undefined && meant.length === 1) return meant;
  const found = running.map(sayHolder).join("; ");
  const got = run === undefined ? `${running.length}: ${found}` : `"${run}", while in progress: ${found}`;
  throw nothingToStop(got, "name one by its id or its process: `gameday stop RUN`; or end all: `gameday stop --all`");
}

function stop(world: World, holder: Holder): void {
  try {
    world.interrupt(holder.pid);
  } catch (thrown) {
    throw nothingToStop(`run ${holder.runId} (process ${holder.pid}): ${messageOf(thrown)}`);
  }
  const who = `run ${holder.runId} (process ${holder.pid})`;
  world.stdout.write(`${who} received the command to stop; it heals its faults and is judged\n`);
}

function nothingToStop(got: string, hint = ""): GamedayError {
  return new GamedayError({
    code: "nothing-to-stop",
    expected: "one run that may be stopped",
    got,
    ...(hint !== "" && { hint }),
    exitCode: ExitCode.notReady,
  });
}
