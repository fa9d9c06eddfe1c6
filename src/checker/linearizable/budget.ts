/**
 * The limits of a search, and its result.
 */
export interface Budget {
  /**
   * The most configurations that may be examined, over all parts of a history; a large number of comparisons counts as well
   * (visited.ts).
   */
  readonly configurations: number;
  /** The most bytes of memory for the configurations and for the model's states, per part. */
  readonly bytes: number;
}

export const DEFAULT_BUDGET: Budget = { configurations: 10_000_000, bytes: 512 << 20 };

/** How far the search came: the first answer that no order could explain. */
export interface Obstacle {
  /** Index of the operation that could not be put into the order before it returned. */
  readonly operation: number;
  /** States that the object may have after an order of everything before that operation; at most STATES_MAX of them. */
  readonly states: readonly string[];
  /** Indices of the last operations of one such order, at most LAST_MAX of them. */
  readonly last: readonly number[];
}

export interface SearchResult {
  readonly linearizable: boolean | "unknown";
  readonly configurations: number;
  /** Set unless the part is linearizable. */
  readonly obstacle: Obstacle | null;
  /** The part of the budget that ran out, if the answer is unknown. */
  readonly spent: "configurations" | "memory" | null;
}
