/**
 * What a kind of object must define; `defineModel` (model.ts) turns it into a Model.
 */
import type { Operation } from "../../history.ts";
import type { Json } from "../../std/json.ts";

/**
 * One operation, prepared for its model. Without `apply`, the step is legal if the state equals `needs` (in any state, if `needs`
 * is absent) and leaves the state `gives` (or the state unchanged, if `gives` is absent). Such plain steps need no memory of
 * their own.
 */
export interface Step<State> {
  /** Returns the state after the operation, or undefined if the operation cannot have had its outcome in that state. Pure. */
  readonly apply?: (state: State) => State | undefined;
  /** The only state in which the operation is legal. */
  readonly needs?: State;
  /** The only state that the operation leaves if it changes anything. */
  readonly gives?: State;
  /** True only if the operation leaves the state unchanged wherever it is legal. */
  readonly readOnly: boolean;
  /** True if the answer reveals something about the state: the operation would be illegal in some states. */
  readonly observes: boolean;
  /** A short description in a person's terms: "write 3", "read 4", "cas 1 -> 2". */
  readonly says: string;
}

export interface ModelDefinition<State> {
  readonly name: string;
  readonly says: string;
  /** The kinds of operation that the model supports, for errors and docs. */
  readonly kinds: readonly string[];
  /** Returns the state before the first operation. `initial` is the claim's option; undefined if it is absent. */
  start(initial: Json | undefined, key: string): State;
  /** Returns texts that are equal if and only if the states are equal. */
  keyOf(state: State): string;
  /**
   * Prepares an operation. Called only for the outcomes ok and unknown. For unknown, the output is not known and only the effect
   * counts.
   */
  step(operation: Operation): Step<State>;
  /**
   * Returns the parts of the object that the operation touches; by default its key. Parts that no operation touches together are
   * independent.
   */
  partsOf?(operation: Operation): readonly string[];
  /** Removes operations that change no answer of one part; by default none. */
  reduce?(operations: readonly Operation[]): readonly Operation[];
  /**
   * Returns whether `from` can become `to` by steps without `gives`. If a model defines this function, each step that may leave a
   * state which `leadsTo` a state that another step `needs` must either have `gives` or preserve `leadsTo`. Hopeless states are
   * then detected early (lookahead.ts).
   */
  leadsTo?(from: State, to: State): boolean;
  /**
   * Splits one part further, if its operations fall into groups that never act on the same thing. Each piece has its own initial
   * value.
   */
  split?(operations: readonly Operation[], initial: Json | undefined): readonly Piece[];
  /** An exact algorithm for histories of a certain shape; returns undefined for all others, which are searched. */
  decide?: Decide;
}

export interface Piece {
  readonly operations: readonly Operation[];
  readonly initial: Json | undefined;
}

/** What a special algorithm found about one part. */
export type Decision =
  | { readonly linearizable: true }
  /** The index of an operation whose answer is impossible, and the reason, as the end of a sentence. */
  | { readonly linearizable: false; readonly operation: number; readonly because: string };

/** Decides one part. `operations` are its answered and unanswered operations, reduced and without refused ones. */
export type Decide = (operations: readonly Operation[], initial: Json | undefined) => Decision | undefined;
