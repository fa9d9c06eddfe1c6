/**
 * kv: strings by key. "put" (input: the string), "append" (input: the string to append), "get" (output: the string; null is the
 * same as ""), "delete". The key is the operation's `key`. A key that was never put holds "".
 */
import type { Operation } from "../../history.ts";
import type { Json } from "../../std/json.ts";
import type { Step } from "./definition.ts";
import { defineModel, wrongKind, wrongShape } from "./model.ts";

const KINDS = ["get", "put", "append", "delete"];

export const kv = defineModel<string>({
  name: "kv",
  says: "each key holds what was put last and all that was appended since",
  kinds: KINDS,
  start: (initial) => textOrEmpty(initial),
  keyOf: (state) => state,
  step: (operation) => {
    if (operation.kind === "get") return get(operation);
    if (operation.kind === "put") return put(textOf(operation, operation.input));
    if (operation.kind === "append") return append(textOf(operation, operation.input));
    if (operation.kind === "delete") return { gives: "", readOnly: false, observes: false, says: "delete" };
    throw wrongKind("kv", KINDS, operation);
  },
  reduce: withoutUnseen,
  leadsTo: (from, to) => to.startsWith(from),
});

/**
 * Returns the operations without unanswered gets, and without the unanswered puts and appends whose text appears in no answer. If
 * a legal order contains such a put or append, no get lies between it and the next put or delete (its text would be part of the
 * answer), so the order without it is legal too.
 */
function withoutUnseen(operations: readonly Operation[]): readonly Operation[] {
  const answers = operations.flatMap(({ kind, outcome }) =>
    kind === "get" && outcome.type === "ok" ? [outcome.output] : [],
  );
  const texts = [...new Set(answers.map((answer) => (answer === null ? "" : String(answer))))];
  const isSeen = (input: Json) => texts.some((text) => text.includes(input === null ? "" : String(input)));
  return operations.filter(
    ({ kind, input, outcome }) => outcome.type === "ok" || (kind !== "get" && (kind === "delete" || isSeen(input))),
  );
}

function get(operation: Operation): Step<string> {
  const { outcome } = operation;
  if (outcome.type !== "ok") return { readOnly: true, observes: false, says: "get ?" };
  const value = textOf(operation, outcome.output);
  return { needs: value, readOnly: true, observes: true, says: `get ${JSON.stringify(value)}` };
}

function put(value: string): Step<string> {
  return { gives: value, readOnly: false, observes: false, says: `put ${JSON.stringify(value)}` };
}

function append(value: string): Step<string> {
  const says = `append ${JSON.stringify(value)}`;
  return { apply: (state) => state + value, readOnly: value === "", observes: false, says };
}

function textOf(operation: Operation, value: Json): string {
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return textOrEmpty(value);
  throw wrongShape(operation, "a string", value);
}

/** Returns the text of a scalar. null, and anything that is not a scalar, becomes the empty text. */
function textOrEmpty(value: Json | undefined): string {
  return value === null || value === undefined || typeof value === "object" ? "" : String(value);
}
