/** What a search may cost, and what comes of it. */
export interface Budget {
  /** Configurations that may be looked at, over all parts of a history; comparing many counts as well (visited.ts). */
  readonly configurations: number;
  /** Bytes of memory for them and for the model's states, for one part. */
  readonly bytes: number;
}

export const DEFAULT_BUDGET: Budget = { configurations: 10_000_000, bytes: 512 << 20 };

/** How far the search came: the first answer that no order could explain. */
export interface Obstacle {
  /** Index of the operation that could not be put into the order before it returned. */
  readonly operation: number;
  /** States in which an order of all that came before may have left the object; at most STATES_MAX of them. */
  readonly states: readonly string[];
  /** Indices of the last operations of one such order, at most LAST_MAX. */
  readonly last: readonly number[];
}

export interface SearchResult {
  readonly linearizable: boolean | "unknown";
  readonly configurations: number;
  /** Set unless linearizable. */
  readonly obstacle: Obstacle | null;
  /** Which part of the budget ran out, where the answer is unknown. */
  readonly spent: "configurations" | "memory" | null;
}
