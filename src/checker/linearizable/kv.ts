/**
 * kv: strings by key. "put" (input: the string), "append" (input: what is put behind it), "get" (output: the string; null
 * is the same as ""), "delete". The key is the operation's `key`. A key that was never put is "".
 */
import type { Operation } from "../../history.ts";
import type { Json } from "../../std/json.ts";
import { defineModel, type Step, wrongKind, wrongShape } from "./model.ts";

const KINDS = ["get", "put", "append", "delete"];

export const kv = defineModel<string>({
  name: "kv",
  says: "each key holds what was put last and all that was appended since",
  kinds: KINDS,
  start: (initial) => (typeof initial === "string" ? initial : ""),
  keyOf: (state) => state,
  step: (operation) => {
    if (operation.kind === "get") return get(operation);
    if (operation.kind === "put") return put(textOf(operation, operation.input));
    if (operation.kind === "append") return append(textOf(operation, operation.input));
    if (operation.kind === "delete") return { apply: () => "", readOnly: false, says: "delete" };
    throw wrongKind("kv", KINDS, operation);
  },
  reduce: withoutUnseen,
});

/**
 * Without unanswered gets, and without the unanswered puts and appends whose text is in no answer. Where a legal order has such
 * a one, no get lies between it and the next put or delete (its text would be part of the answer), so the order without it is legal too.
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
  if (outcome.type !== "ok") return { apply: (state) => state, readOnly: true, says: "get ?" };
  const value = textOf(operation, outcome.output);
  const apply = (state: string) => (state === value ? state : undefined);
  return { apply, readOnly: true, says: `get ${JSON.stringify(value)}` };
}

function put(value: string): Step<string> {
  return { apply: () => value, readOnly: false, says: `put ${JSON.stringify(value)}` };
}

function append(value: string): Step<string> {
  return { apply: (state) => state + value, readOnly: value === "", says: `append ${JSON.stringify(value)}` };
}

function textOf(operation: Operation, value: Json): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw wrongShape(operation, "a string", value);
}
