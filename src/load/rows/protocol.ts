/** How a worker asks for rows of feeders that give each row once. It waits for the answer, so nothing else can come between. */

/** The most that one answer gives. */
export const LEASE_MAX = 5_000;

export interface RowsAsk {
  /** Of the feeder, the same on all workers. */
  readonly key: string;
  /** Its file, for people. */
  readonly name: string;
  /** Rows of the feeder. */
  readonly length: number;
  /** Counts the asks of this worker for this key from 1; the same one again wants the same answer again. */
  readonly number: number;
  readonly want: number;
  /** What the worker had of other feeders and has not used: one that waits keeps nothing from others. */
  readonly back: Readonly<Record<string, readonly number[]>>;
}

export interface RowsAnswer {
  /** Numbers of rows, from 0, which are the worker's alone; empty: none was to be had. */
  readonly rows: readonly number[];
  /** None is left, and none will come back. */
  readonly last: boolean;
}

/** Blocks until the answer is there. Throws when nobody answers. */
export type AskRows = (ask: RowsAsk) => RowsAnswer;
