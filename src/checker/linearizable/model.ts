/**
 * A model says what one object does when operations come one at a time: a start state and a step. A history is
 * linearizable when some order of its operations, keeping the order of those that did not overlap, is legal for it.
 */
import type { Operation } from "../../history.ts";
import { GamedayError } from "../../std/errors.ts";
import type { Json } from "../../std/json.ts";

/** One operation, made ready for its model. */
export interface Step<State> {
  /** The state after it, or undefined when the operation cannot have had its outcome in that state. Pure. */
  readonly apply: (state: State) => State | undefined;
  /** True only if `apply` returns the very same state wherever it is legal. */
  readonly readOnly: boolean;
  /** Short, as a person would call it: "write 3", "read 4", "cas 1 -> 2". */
  readonly says: string;
}

/** What a kind of object must define; `defineModel` turns it into a Model. */
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
}

/** A model bound to the operations of one part; states are numbered so that the search handles plain integers. */
export interface Machine {
  readonly start: number;
  /** Number of the state after operation `index`, or ILLEGAL. */
  step(state: number, index: number): number;
  readOnly(index: number): boolean;
  says(index: number): string;
  describe(state: number): string;
}

export const ILLEGAL = -1;

export interface Model {
  readonly name: string;
  readonly says: string;
  readonly kinds: readonly string[];
  partsOf(operation: Operation): readonly string[];
  /** Throws GamedayError when the operation is of no kind, or not of the shape, that the model knows. */
  accept(operation: Operation): void;
  /** The operations of one part without those that change no answer: less to search. */
  reduce(operations: readonly Operation[]): readonly Operation[];
  machine(operations: readonly Operation[], part: string, initial: Json | undefined): Machine;
}

/** Hides the model's own type of state behind numbers. */
export function defineModel<State>(definition: ModelDefinition<State>): Model {
  return {
    name: definition.name,
    says: definition.says,
    kinds: definition.kinds,
    partsOf: (operation) => {
      if (!definition.kinds.includes(operation.kind)) throw wrongKind(definition.name, definition.kinds, operation);
      return definition.partsOf?.(operation) ?? [operation.key ?? ""];
    },
    accept: (operation) => {
      definition.step(operation);
    },
    reduce: (operations) => definition.reduce?.(operations) ?? operations,
    machine: (operations, part, initial) => new NumberedMachine(definition, operations, part, initial),
  };
}

class NumberedMachine<State> implements Machine {
  readonly start: number;
  readonly #definition: ModelDefinition<State>;
  readonly #steps: readonly Step<State>[];
  readonly #states: State[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(
    definition: ModelDefinition<State>,
    operations: readonly Operation[],
    part: string,
    initial: Json | undefined,
  ) {
    this.#definition = definition;
    this.#steps = operations.map((operation) => definition.step(operation));
    this.start = this.#number(definition.start(initial, part));
  }

  step(state: number, index: number): number {
    const step = this.#steps[index];
    if (step === undefined) throw new RangeError(`expected an operation below ${this.#steps.length}, got ${index}`);
    const next = step.apply(this.#states[state] as State);
    if (next === undefined) return ILLEGAL;
    return step.readOnly ? state : this.#number(next);
  }

  readOnly(index: number): boolean {
    return this.#steps[index]?.readOnly ?? false;
  }

  says(index: number): string {
    return this.#steps[index]?.says ?? "";
  }

  describe(state: number): string {
    return this.#definition.keyOf(this.#states[state] as State);
  }

  #number(state: State): number {
    const key = this.#definition.keyOf(state);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#states.length);
    return this.#states.push(state) - 1;
  }
}

/** The complaint about an operation that is none of the model's. */
export function wrongKind(model: string, kinds: readonly string[], operation: Operation): GamedayError {
  return new GamedayError({
    code: "model-wrong-kind",
    expected: `operations of model ${model} to be ${kinds.join(", ")}`,
    got: `"${operation.kind}" (${operation.id})`,
    hint: "choose the model that the history was recorded for",
  });
}

/** The complaint about an operation whose input or output is not of the shape that its kind has. */
export function wrongShape(operation: Operation, expected: string, got: Json): GamedayError {
  return new GamedayError({
    code: "model-wrong-shape",
    expected: `${operation.kind} (${operation.id}) to have ${expected}`,
    got: JSON.stringify(got),
  });
}
