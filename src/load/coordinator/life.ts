/**
 * The life of a load, as its coordinator sees it: a table of states and events. Whatever the coordinator does belongs to one
 * state; what the table does not allow is a bug of the coordinator and throws.
 *
 *     opening -> ready -> running -> stopping -> tearing-down -> ending -> ended
 *        |         |         |          |             |            |
 *        +---------+---------+----------+-------------+------------+----> failed
 */
export type LoadState =
  /** Workers start and load the scripts. */
  | "opening"
  /** All workers are ready, and one of them runs setup(). */
  | "ready"
  /** Users run. */
  | "running"
  /** Users leave. */
  | "stopping"
  /** One worker runs teardown(). */
  | "tearing-down"
  /** Workers exit. */
  | "ending"
  | "ended"
  /** The load failed or was aborted; its workers are killed. */
  | "failed";

export type LoadEvent =
  /** All workers have loaded the scripts. */
  | "all ready"
  /** Workers were told when to begin. */
  | "begun"
  /** Workers of a coordinator that was lost were taken over while their users run. */
  | "taken over"
  | "stop"
  /** No worker has users any more. */
  | "all stopped"
  | "torn down"
  /** All workers have exited. */
  | "all gone"
  | "fail";

/** The next state for each event that may occur in a state. */
export const TRANSITIONS: Readonly<Record<LoadState, Readonly<Partial<Record<LoadEvent, LoadState>>>>> = {
  opening: { "all ready": "ready", "taken over": "running", fail: "failed" },
  ready: { begun: "running", fail: "failed" },
  running: { stop: "stopping", fail: "failed" },
  stopping: { "all stopped": "tearing-down", fail: "failed" },
  "tearing-down": { "torn down": "ending", fail: "failed" },
  ending: { "all gone": "ended", fail: "failed" },
  // An abort may come at any time, and means nothing to a load that is over.
  ended: { fail: "ended" },
  failed: { fail: "failed" },
};

const OVER: ReadonlySet<LoadState> = new Set(["ended", "failed"]);

export class Life {
  #state: LoadState = "opening";

  get state(): LoadState {
    return this.#state;
  }

  /** True when messages are no longer passed on, because their receiver may have closed its files. */
  get isOver(): boolean {
    return OVER.has(this.#state);
  }

  /** Moves on. Throws an Error for an event that cannot occur in this state. */
  on(event: LoadEvent): void {
    const next = TRANSITIONS[this.#state][event];
    if (next === undefined) throw new Error(`a load that is ${this.#state} cannot have "${event}"`);
    this.#state = next;
  }
}
