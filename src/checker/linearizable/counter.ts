/**
 * counter: "increment" and "decrement" (input: a number; null means 1; an ok output that is a number is the value afterwards),
 * "read" (output: the value). It starts at 0. Numbers are exact decimals, and text that is a number counts as one ("19.99"). A
 * JSON number may have been summed in binary fractions; it then equals every value from which it differs by no more than their
 * rounding.
 */
import type { Operation } from "../../history.ts";
import {
  absolute,
  compare,
  type Decimal,
  decimalOf,
  minus,
  ONE,
  plus,
  textOf,
  times,
  ZERO,
} from "../../std/decimal.ts";
import { GamedayError } from "../../std/errors.ts";
import type { Json } from "../../std/json.ts";
import { ledgerNumber } from "../ledger-values.ts";
import { halfUnit } from "../rounding.ts";
import type { Step } from "./definition.ts";
import { defineModel, wrongKind, wrongShape } from "./model.ts";

const KINDS = ["increment", "decrement", "read"];

export const counter = defineModel<Decimal>({
  name: "counter",
  says: "reads return the sum of what was added",
  kinds: KINDS,
  start: startOf,
  keyOf: textOf,
  step: (operation) => {
    if (operation.kind === "read") return read(operation);
    if (operation.kind === "increment") return add(operation, 1);
    if (operation.kind === "decrement") return add(operation, -1);
    throw wrongKind("counter", KINDS, operation);
  },
});

function startOf(initial: Json | undefined): Decimal {
  const start = initial === undefined || initial === null ? ZERO : decimalOf(initial);
  if (start !== undefined) return start;
  const got = JSON.stringify(initial);
  throw new GamedayError({ code: "model-bad-initial", expected: "the initial value of a counter to be a number", got });
}

function read(operation: Operation): Step<Decimal> {
  const { outcome } = operation;
  if (outcome.type !== "ok") return { readOnly: true, observes: false, says: "read ?" };
  if (outcome.output === null) return { apply: () => undefined, readOnly: true, observes: true, says: "read null" };
  const isAnswer = answer(operation, outcome.output);
  return {
    apply: (state) => (isAnswer(state) ? state : undefined),
    readOnly: true,
    observes: true,
    says: `read ${JSON.stringify(outcome.output)}`,
  };
}

function add(operation: Operation, sign: 1 | -1): Step<Decimal> {
  const { input, outcome, kind } = operation;
  const amount = input === null ? ONE : decimalOf(input);
  if (amount === undefined) throw wrongShape(operation, "a number as input", input);
  const change = sign < 0 ? minus(ZERO, amount) : amount;
  const told = outcome.type === "ok" && decimalOf(outcome.output) !== undefined ? outcome.output : undefined;
  const isAnswer = told === undefined ? () => true : answer(operation, told);
  return {
    apply: (state) => {
      const next = plus(state, change);
      return isAnswer(next) ? next : undefined;
    },
    readOnly: amount.units === 0n && told === undefined,
    observes: told !== undefined,
    says: `${kind} ${textOf(amount)}${told === undefined ? "" : ` to ${told}`}`,
  };
}

/**
 * The rounding allowance relative to the larger number, or to 1: as much as hundreds of additions in binary fractions may need in
 * the worst case.
 */
const ROUNDING: Decimal = { units: 1n, scale: 13 };
/** An amount with more decimal places was itself computed in binary fractions. */
const SCALE_PLAIN_MAX = 12;

/** Returns a function that decides whether a state matches the answer. Throws for an answer that is not a number. */
function answer(operation: Operation, output: Json): (state: Decimal) => boolean {
  const told = ledgerNumber(output);
  if (told === undefined) throw wrongShape(operation, "a number as output", output);
  return (state) => {
    if (compare(state, told.value) === 0) return true;
    const isComputed = state.scale > SCALE_PLAIN_MAX;
    if (!told.isBinary && !isComputed) return false;
    const size = [ONE, absolute(state), absolute(told.value)].reduce((a, b) => (compare(a, b) < 0 ? b : a));
    const worst = times(size, ROUNDING);
    const half = halfUnit(state.scale);
    const slack = isComputed || compare(worst, half) < 0 ? worst : half;
    return compare(absolute(minus(state, told.value)), slack) <= 0;
  };
}
