/**
 * A model defines what one object does when operations come one at a time: a start state and a step. A history is linearizable if
 * some order of its operations that keeps the order of those that did not overlap is legal for the model.
 */
import type { Operation } from "../../history.ts";
import { GamedayError } from "../../std/errors.ts";
import type { Json } from "../../std/json.ts";
import type { Decide, ModelDefinition, Piece } from "./definition.ts";
import type { Machine } from "./machine.ts";
import { NumberedMachine } from "./numbered-machine.ts";

/**
 * What an operation contributes to the evidence: whether it changes the object, and whether its answer reveals anything about it.
 */
export interface Traits {
  readonly changes: boolean;
  readonly observes: boolean;
}

export interface Model {
  readonly name: string;
  readonly says: string;
  readonly kinds: readonly string[];
  partsOf(operation: Operation): readonly string[];
  /** Throws GamedayError if the model does not support the operation's kind or shape. */
  accept(operation: Operation): Traits;
  /** Splits a part (see ModelDefinition); returns a single piece if the model does not split its parts. */
  split(operations: readonly Operation[], initial: Json | undefined): readonly Piece[];
  /** Returns the operations of one part without those that change no answer, so that less is searched. */
  reduce(operations: readonly Operation[]): readonly Operation[];
  machine(operations: readonly Operation[], part: string, initial: Json | undefined): Machine;
  /** See ModelDefinition; undefined if the model has no special algorithm. */
  readonly decide: Decide | undefined;
}

/** Builds a Model, which hides the model's own type of state behind numbers. */
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

/** Returns the error for an operation that does not belong to the model. */
export function wrongKind(model: string, kinds: readonly string[], operation: Operation): GamedayError {
  return new GamedayError({
    code: "model-wrong-kind",
    expected: `operations of model ${model} to be ${kinds.join(", ")}`,
    got: `"${operation.kind}" (${operation.id})`,
    hint: "choose the model that the history was recorded for",
  });
}

/** Returns the error for an operation whose input or output does not have the shape that its kind requires. */
export function wrongShape(operation: Operation, expected: string, got: Json): GamedayError {
  return new GamedayError({
    code: "model-wrong-shape",
    expected: `${operation.kind} (${operation.id}) to have ${expected}`,
    got: JSON.stringify(got),
  });
}
