import { createReadStream } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import type { World } from "../cli.ts";
import { guard } from "../fault/guard.ts";
import { attachBy } from "../fault/recover.ts";
import { BEAT_EVERY_MS, READY } from "../fault/watchdog.ts";
import { readJournal } from "../journal/read.ts";
import type { JournalHeader } from "../journal.ts";
import type { PlatformKind } from "../platform/kind.ts";
import { PLATFORMS } from "../run/platforms.ts";
import { monotonicClock } from "../std/clock.ts";
import { ExitCode, GamedayError, messageOf } from "../std/errors.ts";
import { stateFolderOf } from "./state-folder.ts";

const GIVE_UP_AFTER_MS = 15 * 60_000;
const ORPHANS_MS = 1_500;

/** `gameday watchdog`: started by a run for itself; undoes its faults when its heartbeats on standard input stop. */
export function watchdogCommand(
  world: World,
  heartbeats: () => AsyncIterable<unknown> = () => createReadStream("", { fd: 0 }),
  kinds: readonly PlatformKind[] = PLATFORMS,
): Command {
  return new Command("watchdog")
    .description("undo the faults of a run when its heartbeats stop; a run starts it by itself")
    .requiredOption("--journal <file>", "the run's undo journal")
    .action(async (flags: { journal: string }) => {
      // Only the end of the run ends the watchdog: a signal that is meant for the run must not remove its guard.
      using _deaf = world.onInterrupt(() => undefined);
      const left = await guardJournal(world, heartbeats(), kinds, flags.journal);
      if (left > 0) world.setExitCode(ExitCode.residue);
    });
}

async function guardJournal(
  world: World,
  heartbeats: AsyncIterable<unknown>,
  kinds: readonly PlatformKind[],
  journalPath: string,
): Promise<number> {
  const clock = monotonicClock();
  const stateFolder = stateFolderOf(world);
  const attach = attachBy(kinds, {
    clock,
    stateFolder,
    planFolder: world.cwd,
    logFolder: join(stateFolder, "logs"),
  });
  const header = await headerOf(journalPath);
  // The platform is reached once before anything is broken: a watchdog that cannot reach it is useless.
  await (await attach(header.platform, header.runId))?.[Symbol.asyncDispose]();
  world.stdout.write(`${READY}\n`);
  return await guard(heartbeats, {
    journalPath,
    attach,
    clock,
    beatEveryMs: BEAT_EVERY_MS,
    orphansMs: ORPHANS_MS,
    giveUpAfterMs: GIVE_UP_AFTER_MS,
    say: (line) => world.stdout.write(`${line}\n`),
    signal: new AbortController().signal,
  });
}

async function headerOf(path: string): Promise<JournalHeader> {
  try {
    const { header, flaws } = await readJournal(path);
    if (header !== null) return header;
    throw new Error(flaws.join("; "));
  } catch (cause) {
    const expected = `an undo journal at ${path}`;
    throw new GamedayError({ code: "journal-unreadable", expected, got: messageOf(cause), cause });
  }
}
