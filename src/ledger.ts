/**
 * The ledger is what the system says is true at rest, read back from the authority (the current leader) after every
 * fault is healed and a quiet period, at least twice some seconds apart. Lines of `ledger.ndjson`.
 */
import type { Json } from "./std/json.ts";

/** One logical thing found. `count` > 1: one logical id materialised more than once. */
export interface LedgerItem {
  readonly line: "item";
  readonly read: number;
  readonly object: string;
  readonly id: string;
  readonly count: number;
  readonly value?: Json;
  /** The page of the answer that showed it, from 1; absent: the read was one page. */
  readonly page?: number;
  /** The stored row's own identity, where the ledger gives one: two rows of one id differ in it, one row shown twice does not. */
  readonly row?: string;
}

/** Closes one read of one object. Without this line, or with complete: false, the read proves nothing. */
export interface LedgerEnd {
  readonly line: "end";
  readonly read: number;
  readonly object: string;
  readonly startedAtMs: number;
  readonly completedAtMs: number;
  readonly complete: boolean;
  /** Item lines of this read; when fewer or more are there, the read proves nothing. */
  readonly items: number;
  /** Sum of the items' counts. From evidence version 2 on it must be there, and hold like `items`. */
  readonly copies?: number;
  /** Item lines by page, where there was more than one page. They must hold as well. */
  readonly pages?: readonly number[];
  /** Who answered: "postgres member n2 (leader)". */
  readonly source: string;
  /** Why it is not complete. */
  readonly because?: string;
}

export type LedgerLine = LedgerItem | LedgerEnd;
