/**
 * The messages by which a worker requests rows of feeders that give each row once. The worker blocks until the answer arrives,
 * so nothing else can happen in between.
 */

/** The most rows in one answer. */
export const LEASE_MAX = 5_000;

export interface RowsAsk {
  /** Key of the feeder, which is the same on all workers. */
  readonly key: string;
  /** Name of the feeder's file, for people. */
  readonly name: string;
  /** Number of rows of the feeder. */
  readonly length: number;
  /** Counts the requests of this worker for this key, from 1; a request with the same number gets the same answer again. */
  readonly number: number;
  readonly want: number;
  /** Unused rows of other feeders, by key: a worker that waits returns them, so that others can use them. */
  readonly back: Readonly<Record<string, readonly number[]>>;
}

export interface RowsAnswer {
  /** Row numbers, from 0, which belong to this worker alone; empty when none was available. */
  readonly rows: readonly number[];
  /** True when no row is left, and none will be returned. */
  readonly last: boolean;
}

/** Blocks until the answer arrives. Throws when no answer arrives. */
export type AskRows = (ask: RowsAsk) => RowsAnswer;
