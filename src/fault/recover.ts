/**
 * Recovers what one run left behind, from its journal: attaches to the platform, undoes the changes, removes by name what is
 * ours, and reports the result.
 */
import { rm } from "node:fs/promises";
import { JournalFile } from "../journal/write.ts";
import type { JournalContent, PlatformReference } from "../journal.ts";
import type { PlatformContext, PlatformKind } from "../platform/kind.ts";
import type { Platform, Residue } from "../platform.ts";
import type { Clock } from "../std/clock.ts";
import { withDeadline } from "../std/deadline.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import { suggestion } from "../std/suggest.ts";
import { type HealOptions, healFromJournal, type JournalHealing } from "./heal.ts";

/** A function that attaches to a platform that still runs; it returns null if the platform is gone, and every change with it. */
export type Attach = (reference: PlatformReference, runId: string) => Promise<Platform | null>;

export interface RunRecovery {
  readonly runId: string;
  /** True if the platform is gone: nothing is left to undo. */
  readonly gone: boolean;
  readonly healings: readonly JournalHealing[];
  /** What could not be removed. */
  readonly residue: readonly Residue[];
  /** The parts of the journal that could not be read. */
  readonly flaws: readonly string[];
}

const RESTORE_MS_MAX = 120_000;

/** Undoes everything that is open in one journal. Throws GamedayError if the platform cannot be reached. */
export async function recover(
  content: JournalContent,
  attach: Attach,
  clock: Clock,
  options: HealOptions,
): Promise<RunRecovery> {
  const { header, flaws } = content;
  if (header === null) throw headless(content);
  await using platform = await attach(header.platform, header.runId);
  if (platform === null) {
    await rm(content.path, { force: true });
    return { runId: header.runId, gone: true, healings: [], residue: [], flaws };
  }
  await using journal = await JournalFile.reopen(content.path, clock);
  const healings = await healFromJournal(platform, content.open, journal, options);
  const residue = await restored(platform, options.signal);
  const left = healings.filter((healing) => !healing.healed).map(residueOf);
  return { runId: header.runId, gone: false, healings, residue: [...residue, ...left], flaws };
}

/** Removes by name what is ours, whether or not it is in a journal. Returns what could not be removed. */
export function restored(platform: Platform, signal?: AbortSignal): Promise<Residue[]> {
  return withDeadline({ what: "the platform to be restored", deadlineMs: RESTORE_MS_MAX, signal }, (inner) =>
    platform.restore(inner),
  );
}

/** Returns the function that attaches to a platform of any of these kinds, from the reference in a journal. */
export function attachBy(kinds: readonly PlatformKind[], context: Omit<PlatformContext, "runId">): Attach {
  return async (reference, runId) => {
    const kind = kinds.find((each) => each.name === reference.kind);
    if (kind === undefined) throw unknownKind(reference.kind, kinds);
    return (await kind.attach?.(reference, { ...context, runId })) ?? null;
  };
}

function residueOf({ change, reverted, because }: JournalHealing): Residue {
  const what = `${change.capability} ${reverted ? "undone, but not seen healed" : "not undone"}: ${because}`;
  return { what, where: change.target.id };
}

function headless(content: JournalContent): GamedayError {
  return new GamedayError({
    code: "journal-headless",
    expected: `${content.path} to name its platform`,
    got: content.flaws.join("; "),
    hint: "give the plan: `gameday heal --plan PLAN`",
    exitCode: ExitCode.residue,
  });
}

function unknownKind(name: string, kinds: readonly PlatformKind[]): GamedayError {
  return new GamedayError({
    code: "platform-unknown",
    expected: "a kind of platform",
    got: `"${name}"`,
    hint: suggestion(
      name,
      kinds.map((kind) => kind.name),
    ),
  });
}
