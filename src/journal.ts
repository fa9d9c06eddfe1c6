/**
 * The journal is the list of changes that may have to be undone: each is written and fsynced before it is made, so that
 * whoever comes after us (the watchdog, `gameday heal`) can undo it from the record alone. One append-only file a run:
 * a first line that says how the platform is reached, then one line for each step of each change.
 */
import type { Change } from "./platform.ts";
import type { Json } from "./std/json.ts";

/** How to reach a platform again: the `platform` part of the plan. May hold secrets, so the file is for its owner only. */
export type PlatformReference = { readonly kind: string } & Readonly<Record<string, Json>>;

/** Who undid it. */
export type Healer = "gameday" | "watchdog" | "heal";

export interface JournalHeader {
  readonly journal: 1;
  readonly runId: string;
  readonly platform: PlatformReference;
}

export type JournalLine =
  /** `expiresAtNs`: CLOCK_MONOTONIC of this machine, in decimal; null: needs no undoing. */
  | { readonly state: "intended"; readonly change: Change; readonly expiresAtNs: string | null }
  | { readonly state: "reverted"; readonly id: string; readonly by: Healer }
  | { readonly state: "healed"; readonly id: string; readonly by: Healer };

/** What the injection needs of a journal. All are on the disk when they return. */
export interface Journal {
  intend(change: Change): Promise<void>;
  reverted(change: Change, by: Healer): Promise<void>;
  healed(change: Change, by: Healer): Promise<void>;
}

/** A change that was written and of which no undoing is written. */
export interface OpenChange {
  readonly change: Change;
  readonly expiresAtNs: string | null;
  /** The watchdog undid it, but the tool may have made it after that: undone for good only once the tool is gone. */
  readonly revertedByWatchdog: boolean;
}

/** A journal as read back; `flaws` says in words what could not be read (a torn last line after a crash is usual). */
export interface JournalContent {
  readonly path: string;
  readonly header: JournalHeader | null;
  /** In the order in which they were made. */
  readonly open: readonly OpenChange[];
  readonly flaws: readonly string[];
  /** It could not be read at all: what it held open is not known. */
  readonly unread?: boolean;
}
