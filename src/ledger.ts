/**
 * The ledger is what the system reports as true at rest. It is read back from the authority (the current leader) after every
 * fault is healed and after a quiet period, at least twice, some seconds apart. These types are the lines of `ledger.ndjson`.
 */
import type { Json } from "./std/json.ts";

/** One logical thing that was found. `count` > 1 means that one logical id was materialised more than once. */
export interface LedgerItem {
  readonly line: "item";
  readonly read: number;
  readonly object: string;
  readonly id: string;
  readonly count: number;
  readonly value?: Json;
  /** The page of the answer that showed the item, counted from 1. Absent if the read was a single page. */
  readonly page?: number;
  /**
   * The stored row's own identity, if the ledger provides one. Two rows with the same id have different values here; one row that
   * is shown twice has the same value.
   */
  readonly row?: string;
}

/** Closes one read of one object. Without this line, or with `complete: false`, the read proves nothing. */
export interface LedgerEnd {
  readonly line: "end";
  readonly read: number;
  readonly object: string;
  readonly startedAtMs: number;
  readonly completedAtMs: number;
  readonly complete: boolean;
  /** The number of item lines in this read. If the file holds fewer or more, the read proves nothing. */
  readonly items: number;
  /** The sum of the items' counts. Required from evidence version 2 on; a mismatch invalidates the read, as with `items`. */
  readonly copies?: number;
  /** The number of item lines on each page, if there was more than one page. A mismatch invalidates the read as well. */
  readonly pages?: readonly number[];
  /** The source of the answer: "postgres member n2 (leader)". */
  readonly source: string;
  /** Why the read is not complete. */
  readonly because?: string;
}

export type LedgerLine = LedgerItem | LedgerEnd;
