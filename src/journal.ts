/**
 * The journal is the list of changes that may have to be undone. Each change is written and fsynced before it is made, so that
 * the watchdog or a later `gameday heal` can undo it from the record alone. Each run has one append-only file: the first line
 * describes how to reach the platform, and every further line records one step of one change.
 */
import type { Change } from "./platform.ts";
import type { Json } from "./std/json.ts";

/** How to reach a platform again: the `platform` part of the plan. It may contain secrets, so the file is for its owner only. */
export type PlatformReference = { readonly kind: string } & Readonly<Record<string, Json>>;

/** The part of the tool that undid a change. */
export type Healer = "gameday" | "watchdog" | "heal";

export interface JournalHeader {
  readonly journal: 1;
  readonly runId: string;
  readonly platform: PlatformReference;
}

export type JournalLine =
  /** `expiresAtNs` is a time on this machine's CLOCK_MONOTONIC, in decimal; null if the change need not be undone. */
  | { readonly state: "intended"; readonly change: Change; readonly expiresAtNs: string | null }
  | { readonly state: "reverted"; readonly id: string; readonly by: Healer }
  | { readonly state: "healed"; readonly id: string; readonly by: Healer };

/** The journal as the injection uses it. When a method returns, its record is on the disk. */
export interface Journal {
  intend(change: Change): Promise<void>;
  reverted(change: Change, by: Healer): Promise<void>;
  healed(change: Change, by: Healer): Promise<void>;
}

/** A change that the journal records as intended but not as undone. */
export interface OpenChange {
  readonly change: Change;
  readonly expiresAtNs: string | null;
  /** True if the watchdog undid it. The tool may have made it after that, so it is undone for good only once the tool is gone. */
  readonly revertedByWatchdog: boolean;
}

/** A journal as read back. `flaws` describes what could not be read; a torn last line is usual after a crash. */
export interface JournalContent {
  readonly path: string;
  readonly header: JournalHeader | null;
  /** The open changes, in the order in which they were made. */
  readonly open: readonly OpenChange[];
  readonly flaws: readonly string[];
  /** True if the journal could not be read at all, so that its open changes are not known. */
  readonly unread?: boolean;
}
