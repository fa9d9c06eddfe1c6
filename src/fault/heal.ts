/** Undoes changes from the journal alone. `gameday heal` and the watchdog use this when the tool has ended. */
import type { Healer, Journal, OpenChange } from "../journal.ts";
import { type Change, capabilityOf, type Platform } from "../platform.ts";
import { withDeadline } from "../std/deadline.ts";
import { messageOf } from "../std/errors.ts";
import { until } from "../std/wait.ts";

export interface HealOptions {
  readonly by: Healer;
  readonly signal: AbortSignal;
  /** The deadline for one revert. */
  readonly stepMs?: number;
  /** The deadline for the proof that one change is gone; 0 checks only once. */
  readonly healMs?: number;
}

/** The result of healing one change of the journal. */
export interface JournalHealing {
  readonly change: Change;
  readonly reverted: boolean;
  readonly healed: boolean;
  readonly because: string;
}

/** Undoes all open changes, the last first, whatever fails on the way; then waits for the proofs. Throws only if aborted. */
export async function healFromJournal(
  platform: Platform,
  open: readonly OpenChange[],
  journal: Journal,
  options: HealOptions,
): Promise<JournalHealing[]> {
  const healings: JournalHealing[] = [];
  for (const { change } of open.toReversed()) healings.push(await revertOne(platform, change, journal, options));
  return await Promise.all(healings.map((healing) => proveOne(platform, healing, journal, options)));
}

async function revertOne(
  platform: Platform,
  change: Change,
  journal: Journal,
  { by, signal, stepMs = 30_000 }: HealOptions,
): Promise<JournalHealing> {
  const capability = capabilityOf(platform, change.capability);
  if (capability === undefined)
    return failed(change, `a platform of kind "${platform.kind}" does not support "${change.capability}"`);
  const what = `${change.capability} of ${change.target.id} to be undone`;
  try {
    await withDeadline({ what, deadlineMs: stepMs, signal }, (inner) => capability.revert(change, inner));
    await journal.reverted(change, by);
    return { change, reverted: true, healed: false, because: "" };
  } catch (thrown) {
    signal.throwIfAborted();
    return failed(change, messageOf(thrown));
  }
}

async function proveOne(
  platform: Platform,
  healing: JournalHealing,
  journal: Journal,
  { by, signal, healMs = 120_000 }: HealOptions,
): Promise<JournalHealing> {
  const capability = capabilityOf(platform, healing.change.capability);
  if (!healing.reverted || capability === undefined) return healing;
  const what = `${healing.change.capability} of ${healing.change.target.id} to be seen healed`;
  try {
    await until(() => capability.healed(healing.change, signal), { what, deadlineMs: healMs, everyMs: 200, signal });
    await journal.healed(healing.change, by);
    return { ...healing, healed: true };
  } catch (thrown) {
    signal.throwIfAborted();
    return { ...healing, because: messageOf(thrown) };
  }
}

function failed(change: Change, because: string): JournalHealing {
  return { change, reverted: false, healed: false, because };
}
