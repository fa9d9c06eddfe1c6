import { join } from "node:path";
import { Command } from "commander";
import type { World } from "../cli.ts";
import { type Attach, attachBy, recover, restored } from "../fault/recover.ts";
import { openJournals, removeClosedJournals } from "../journal/read.ts";
import type { JournalContent } from "../journal.ts";
import type { PlatformKind } from "../platform/kind.ts";
import type { Residue } from "../platform.ts";
import { askHolders, type Holder, sayHolder } from "../run/lock.ts";
import { PLATFORMS } from "../run/platforms.ts";
import { monotonicClock } from "../std/clock.ts";
import { ExitCode, GamedayError, messageOf } from "../std/errors.ts";
import { HealReport } from "./heal/report.ts";
import { readPlanFile } from "./plan-file.ts";
import { stateFolderOf } from "./state-folder.ts";

/**
 * `gameday heal`: undoes whatever a run left behind, from the journals, and by name if there is no journal. It refuses while a
 * run is in progress: the faults of that run are not residue, and it heals them itself.
 */
export function healCommand(
  world: World,
  kinds: readonly PlatformKind[] = PLATFORMS,
  holders: () => Promise<Holder[]> = () => askHolders("run"),
): Command {
  return new Command("heal")
    .description("undo what a run left behind, from its journal, and by name even without one")
    .option("--plan <plan>", "also search for residue by name on this plan's platform")
    .option("--force", "heal even if a run is in progress, whose own faults are then undone")
    .option("--json", "print what was found and done as JSON")
    .action(async (flags: { plan?: string; force?: true; json?: true }) => {
      if (flags.force !== true) requireNoRun(await holders());
      using interrupt = interruption(world);
      const report = new HealReport(flags.json === true ? null : (line) => world.stdout.write(`${line}\n`));
      await healAll({ world, kinds, report, signal: interrupt.signal }, flags.plan);
      if (flags.json === true) world.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      if (flags.force !== true) await removeClosedJournals(join(stateFolderOf(world), "journal"));
      if (report.residue.length > 0) world.setExitCode(ExitCode.residue);
    });
}

function requireNoRun(running: readonly Holder[]): void {
  if (running.length === 0) return;
  throw new GamedayError({
    code: "run-in-progress",
    expected: "no run in progress while its faults are undone",
    got: running.map(sayHolder).join("; "),
    hint: "end it with `gameday stop`, which heals first, or undo its faults during the run with `gameday heal --force`",
    exitCode: ExitCode.notReady,
  });
}

interface Healing {
  readonly world: World;
  readonly kinds: readonly PlatformKind[];
  readonly report: HealReport;
  readonly signal: AbortSignal;
}

async function healAll({ world, kinds, report, signal }: Healing, planFile: string | undefined): Promise<void> {
  const stateFolder = stateFolderOf(world);
  const attach = attachBy(kinds, {
    clock: monotonicClock(),
    planFolder: world.cwd,
    stateFolder,
    logFolder: join(stateFolder, "logs"),
  });
  const references = [
    // Platforms that only one run at a time may use exist once, so that they can be found without a plan.
    ...kinds.filter((kind) => kind.exclusive).map((kind) => ({ kind: kind.name })),
    ...(planFile === undefined ? [] : [readPlanFile(world, planFile).plan.platform]),
  ];
  const journals = await openJournals(join(stateFolder, "journal"));
  for (const journal of journals) report.residue.push(...(await healJournal(report, journal, attach, signal)));
  for (const reference of references) report.residue.push(...(await healByName(report, reference, attach, signal)));
  report.end(journals.length);
}

async function healJournal(
  report: HealReport,
  journal: JournalContent,
  attach: Attach,
  signal: AbortSignal,
): Promise<readonly Residue[]> {
  try {
    const recovery = await recover(journal, attach, monotonicClock(), { by: "heal", signal });
    report.recovered(recovery);
    return recovery.residue;
  } catch (thrown) {
    signal.throwIfAborted();
    // One platform that cannot be reached must not prevent the others from being healed.
    return [{ what: `cannot be healed: ${messageOf(thrown)}`, where: journal.path }];
  }
}

async function healByName(
  report: HealReport,
  reference: { kind: string },
  attach: Attach,
  signal: AbortSignal,
): Promise<Residue[]> {
  try {
    await using platform = await attach(reference, "heal");
    if (platform === null) return [];
    report.looking(platform.kind);
    return await restored(platform, signal);
  } catch (thrown) {
    signal.throwIfAborted();
    // What was found so far must still be reported, and the other platforms must still be searched.
    return [{ what: `cannot be searched: ${messageOf(thrown)}`, where: reference.kind }];
  }
}

interface Interruption extends Disposable {
  readonly signal: AbortSignal;
}

function interruption(world: World): Interruption {
  const controller = new AbortController();
  const listening = world.onInterrupt((name) => controller.abort(interrupted(name)));
  return { signal: controller.signal, [Symbol.dispose]: () => listening[Symbol.dispose]() };
}

function interrupted(name: string): GamedayError {
  return new GamedayError({
    code: "interrupted",
    expected: "to heal everything",
    got: name,
    hint: "run `gameday heal` again: finished changes stay undone, and the journal holds the rest",
    exitCode: ExitCode.residue,
  });
}
