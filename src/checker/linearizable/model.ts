/**
 * A model says what one object does when operations come one at a time: a start state and a step. A history is
 * linearizable when some order of its operations, keeping the order of those that did not overlap, is legal for it.
 */
import type { Operation } from "../../history.ts";
import { GamedayError } from "../../std/errors.ts";
import type { Json } from "../../std/json.ts";
import type { Decide, ModelDefinition, Piece } from "./definition.ts";
import type { Machine } from "./machine.ts";
import { NumberedMachine } from "./numbered-machine.ts";

/** What an operation is to the evidence: does it change the object, and does its answer say anything about it? */
export interface Traits {
  readonly changes: boolean;
  readonly observes: boolean;
}

export interface Model {
  readonly name: string;
  readonly says: string;
  readonly kinds: readonly string[];
  partsOf(operation: Operation): readonly string[];
  /** Throws GamedayError when the operation is of no kind, or not of the shape, that the model knows. */
  accept(operation: Operation): Traits;
  /** See ModelDefinition; one piece, where the model does not split its parts. */
  split(operations: readonly Operation[], initial: Json | undefined): readonly Piece[];
  /** The operations of one part without those that change no answer: less to search. */
  reduce(operations: readonly Operation[]): readonly Operation[];
  machine(operations: readonly Operation[], part: string, initial: Json | undefined): Machine;
  /** See ModelDefinition; undefined where the model has no special algorithm. */
  readonly decide: Decide | undefined;
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
      const { readOnly, observes } = definition.step(operation);
      return { changes: !readOnly, observes };
    },
    split: (operations, initial) => definition.split?.(operations, initial) ?? [{ operations, initial }],
    reduce: (operations) => definition.reduce?.(operations) ?? operations,
    machine: (operations, part, initial) => new NumberedMachine(definition, operations, part, initial),
    decide: definition.decide,
  };
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
