/** Recovering what one run left, from its journal: reach the platform, undo, take away what is ours by name, tell. */
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

/** Reaches a platform that still runs; null when it is gone, and all that was done to it with it. */
export type Attach = (reference: PlatformReference, runId: string) => Promise<Platform | null>;

export interface Recovery {
  readonly runId: string;
  /** The platform is gone: nothing is left to undo. */
  readonly gone: boolean;
  readonly healings: readonly JournalHealing[];
  /** What could not be taken away. */
  readonly residue: readonly Residue[];
  /** What of the journal could not be read. */
  readonly flaws: readonly string[];
}

const RESTORE_MS_MAX = 120_000;

/** Undoes everything that is open in one journal. Throws GamedayError when the platform cannot be reached. */
export async function recover(
  content: JournalContent,
  attach: Attach,
  clock: Clock,
  options: HealOptions,
): Promise<Recovery> {
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

/** Takes away what is ours by name, journal or not. */
export function restored(platform: Platform, signal?: AbortSignal): Promise<Residue[]> {
  return withDeadline({ what: "the platform to be restored", deadlineMs: RESTORE_MS_MAX, signal }, (inner) =>
    platform.restore(inner),
  );
}

/** How the kinds of platforms are reached, from what a journal says of them. */
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
    expected: `${content.path} to say which platform it is about`,
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
