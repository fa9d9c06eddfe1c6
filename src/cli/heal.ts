import { join } from "node:path";
import { Command } from "commander";
import type { World } from "../cli.ts";
import { type Attach, attachBy, type Recovery, recover, restored } from "../fault/recover.ts";
import { openJournals } from "../journal/read.ts";
import type { JournalContent } from "../journal.ts";
import type { PlatformKind } from "../platform/kind.ts";
import type { Residue } from "../platform.ts";
import { monotonicClock } from "../std/clock.ts";
import { ExitCode, GamedayError, messageOf } from "../std/errors.ts";
import { readPlanFile } from "./plan-file.ts";
import { PLATFORMS } from "./platforms.ts";
import { stateFolderOf } from "./state-folder.ts";

/** `gameday heal`: undoes whatever a run left, from the journals, and by name where there is none. */
export function healCommand(world: World, kinds: readonly PlatformKind[] = PLATFORMS): Command {
  return new Command("heal")
    .description("undo whatever a run left behind: from its journal, and by name even without one")
    .option("--plan <plan>", "also look for residue by name on this plan's platform")
    .action(async (flags: { plan?: string }) => {
      using interrupt = interruption(world);
      const residue = await healAll(world, kinds, flags.plan, interrupt.signal);
      if (residue.length > 0) world.setExitCode(ExitCode.residue);
    });
}

async function healAll(
  world: World,
  kinds: readonly PlatformKind[],
  planFile: string | undefined,
  signal: AbortSignal,
): Promise<Residue[]> {
  const stateFolder = stateFolderOf(world);
  const attach = attachBy(kinds, {
    clock: monotonicClock(),
    planFolder: world.cwd,
    stateFolder,
    logFolder: join(stateFolder, "logs"),
  });
  const references = [
    // A kind that only one run at a time may use can be found without a plan: there is one.
    ...kinds.filter((kind) => kind.exclusive).map((kind) => ({ kind: kind.name })),
    ...(planFile === undefined ? [] : [readPlanFile(world, planFile).plan.platform]),
  ];
  const journals = await openJournals(join(stateFolder, "journal"));
  const left: Residue[] = [];
  for (const journal of journals) left.push(...(await healJournal(world, journal, attach, signal)));
  for (const reference of references) left.push(...(await healByName(world, reference, attach, signal)));
  for (const { what, where } of left) world.stdout.write(`residue at ${where}: ${what}\n`);
  if (left.length === 0) world.stdout.write(journals.length === 0 ? "nothing to heal\n" : "all healed\n");
  return left;
}

async function healJournal(
  world: World,
  journal: JournalContent,
  attach: Attach,
  signal: AbortSignal,
): Promise<readonly Residue[]> {
  try {
    const recovery = await recover(journal, attach, monotonicClock(), { by: "heal", signal });
    for (const line of linesOf(recovery)) world.stdout.write(`${line}\n`);
    return recovery.residue;
  } catch (thrown) {
    signal.throwIfAborted();
    // One platform that cannot be reached must not keep the others from being healed.
    return [{ what: `cannot be healed: ${messageOf(thrown)}`, where: journal.path }];
  }
}

async function healByName(
  world: World,
  reference: { kind: string },
  attach: Attach,
  signal: AbortSignal,
): Promise<Residue[]> {
  try {
    await using platform = await attach(reference, "heal");
    if (platform === null) return [];
    world.stdout.write(`looking for residue by name on the ${platform.kind}\n`);
    return await restored(platform, signal);
  } catch (thrown) {
    signal.throwIfAborted();
    // What was found until here must be told, and the other platforms looked at, all the same.
    return [{ what: `cannot be looked at: ${messageOf(thrown)}`, where: reference.kind }];
  }
}

function linesOf({ runId, gone, healings, flaws }: Recovery): string[] {
  const lines = flaws.map((flaw) => `${runId}: journal: ${flaw}`);
  if (gone) lines.push(`${runId}: its platform is gone, and all that was done to it with it`);
  for (const { change, reverted, healed, because } of healings) {
    const state = healed ? "healed" : reverted ? `undone, not seen healed: ${because}` : `not undone: ${because}`;
    lines.push(`${runId}: ${change.capability} of ${change.target.id}: ${state}`);
  }
  return lines;
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
    hint: "run `gameday heal` again: what is done is done, the rest stands in the journal",
    exitCode: ExitCode.residue,
  });
}
