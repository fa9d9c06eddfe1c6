/**
 * The option `numeric` of a claim: values that are numbers are compared as numbers, however they are written ("19.9", "19.90" and
 * 19.9; 5 and the "5" that a database driver turns it into). `true` applies to all values; a list names fields of values that are
 * objects.
 */
import type { Claim } from "../checker.ts";
import type { Operation } from "../history.ts";
import { numericJson } from "../std/decimal.ts";
import { isRecord, type Json } from "../std/json.ts";
import { badOption } from "./option.ts";

/** Converts a value to the form in which equal values are equal JSON. */
export type Normalize = (value: Json) => Json;

const AS_IT_IS: Normalize = (value) => value;

export function numericOption(claim: Claim): Normalize {
  const { numeric } = claim.options;
  if (numeric === undefined || numeric === false) return AS_IT_IS;
  if (numeric === true) return numericJson;
  if (Array.isArray(numeric) && numeric.length > 0 && numeric.every((field) => typeof field === "string")) {
    return (value) => (isRecord(value) ? withNumericFields(value, numeric.map(String)) : value);
  }
  throw badOption(claim, "numeric", "true, or a list of fields", numeric);
}

function withNumericFields(value: { [key: string]: Json }, fields: readonly string[]): Json {
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, fields.includes(key) ? numericJson(each) : each]),
  );
}

/**
 * Returns the operation with its values in that form. In the [what, key, value] of a transaction, only the value is converted.
 */
export function normalized(operation: Operation, normalize: Normalize): Operation {
  if (normalize === AS_IT_IS) return operation;
  const { kind, input, outcome } = operation;
  const each = (value: Json) => (kind === "txn" ? microOperations(value, normalize) : normalize(value));
  return {
    ...operation,
    input: each(input),
    outcome: outcome.type === "ok" ? { type: "ok", output: each(outcome.output) } : outcome,
  };
}

function microOperations(value: Json, normalize: Normalize): Json {
  if (!Array.isArray(value)) return value;
  return value.map((each) => (Array.isArray(each) ? each.map((part, at) => (at < 2 ? part : normalize(part))) : each));
}
