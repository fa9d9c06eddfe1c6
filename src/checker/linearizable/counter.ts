/**
 * counter: "increment" and "decrement" (input: a number; null is 1; an ok output that is a number is the value after it),
 * "read" (output: the value). Starts at 0.
 */
import type { Operation } from "../../history.ts";
import { defineModel, type Step, wrongKind, wrongShape } from "./model.ts";

const KINDS = ["increment", "decrement", "read"];

export const counter = defineModel<number>({
  name: "counter",
  says: "reads give the sum of what was added",
  kinds: KINDS,
  start: (initial) => Number(initial ?? 0),
  keyOf: (state) => String(state),
  step: (operation) => {
    if (operation.kind === "read") return read(operation);
    if (operation.kind === "increment") return add(operation, 1);
    if (operation.kind === "decrement") return add(operation, -1);
    throw wrongKind("counter", KINDS, operation);
  },
});

function read({ outcome }: Operation): Step<number> {
  if (outcome.type !== "ok") return { apply: (state) => state, readOnly: true, says: "read ?" };
  const value = outcome.output;
  return {
    apply: (state) => (state === value ? state : undefined),
    readOnly: true,
    says: `read ${JSON.stringify(value)}`,
  };
}

function add(operation: Operation, sign: 1 | -1): Step<number> {
  const { input, outcome, kind } = operation;
  const amount = input ?? 1;
  if (typeof amount !== "number") throw wrongShape(operation, "a number as input", input);
  const told = outcome.type === "ok" && typeof outcome.output === "number" ? outcome.output : undefined;
  return {
    apply: (state) => {
      const next = state + sign * amount;
      return told === undefined || told === next ? next : undefined;
    },
    readOnly: amount === 0 && told === undefined,
    says: `${kind} ${amount}${told === undefined ? "" : ` to ${told}`}`,
  };
}
