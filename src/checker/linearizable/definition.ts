/** What a kind of object must define; `defineModel` (model.ts) turns it into a Model. */
import type { Operation } from "../../history.ts";
import type { Json } from "../../std/json.ts";

/**
 * One operation, made ready for its model. Without `apply` it is legal where the state equals `needs` (anywhere, where there is
 * no such field), and leaves `gives` (the state as it was, where there is none): what is so plain costs no memory of its own.
 */
export interface Step<State> {
  /** The state after it, or undefined when the operation cannot have had its outcome in that state. Pure. */
  readonly apply?: (state: State) => State | undefined;
  /** The only state in which it is legal. */
  readonly needs?: State;
  /** The only state that it leaves where it changes anything. */
  readonly gives?: State;
  /** True only if it leaves the very same state wherever it is legal. */
  readonly readOnly: boolean;
  /** True if its answer says something about the state: it would be illegal in some. */
  readonly observes: boolean;
  /** Short, as a person would call it: "write 3", "read 4", "cas 1 -> 2". */
  readonly says: string;
}

export interface ModelDefinition<State> {
  readonly name: string;
  readonly says: string;
  /** The operation kinds it knows, for errors and docs. */
  readonly kinds: readonly string[];
  /** The state before the first operation; `initial` is the claim's option, undefined where none is given. */
  start(initial: Json | undefined, key: string): State;
  /** Equal text if and only if the states are equal. */
  keyOf(state: State): string;
  /** Called for outcomes ok and unknown only. For unknown the output is not known, and only the effect counts. */
  step(operation: Operation): Step<State>;
  /** Parts of the object that the operation touches; default: its key. Parts never touched together are independent. */
  partsOf?(operation: Operation): readonly string[];
  /** Leaves out what changes no answer for one part's operations; default: nothing. */
  reduce?(operations: readonly Operation[]): readonly Operation[];
  /**
   * Can `from` become `to` by steps without `gives`? Where a model defines it, each step that may leave a state which `leadsTo`
   * one that another step `needs` must have `gives`, or preserve `leadsTo`; then hopeless states are seen early (lookahead.ts).
   */
  leadsTo?(from: State, to: State): boolean;
  /** Cuts one part further, where its operations never act on the same thing; each piece with its own initial value. */
  split?(operations: readonly Operation[], initial: Json | undefined): readonly Piece[];
  /** An exact algorithm for histories of a certain shape; undefined for all others, which are searched. */
  decide?: Decide;
}

export interface Piece {
  readonly operations: readonly Operation[];
  readonly initial: Json | undefined;
}

/** What a special algorithm found about one part. */
export type Decision =
  | { readonly linearizable: true }
  /** An operation whose answer cannot be, by index; and why, as the end of a sentence. */
  | { readonly linearizable: false; readonly operation: number; readonly because: string };

/** `operations`: answered and unanswered ones of one part, reduced, no refused ones. */
export type Decide = (operations: readonly Operation[], initial: Json | undefined) => Decision | undefined;
