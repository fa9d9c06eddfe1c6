/**
 * list-append and multi-register: transactions over several keys that happen atomically (strict serializability). The input of an
 * operation of kind "txn" is a list of [what, key, value]: "append" ("a") appends the value to the key's list, "w" ("write") sets
 * the key, "r" ("read") reads it. The ok output is the same list with the value of each read filled in; null is a key that was
 * never set, and for list-append also the empty list. `what` may also be written as a keyword (":append"). Outside of a
 * transaction, the kinds are "append", "write" and "read" with `key`. Within a transaction, reads see its own earlier writes. A
 * key is a name: 1 and "1" are the same key, because ledgers return ids as text. Values keep their type.
 */
import type { Operation } from "../../history.ts";
import { canonicalJson, isRecord, type Json } from "../../std/json.ts";
import type { Step } from "./definition.ts";
import { defineModel, type Model, wrongKind, wrongShape } from "./model.ts";

const KINDS = ["txn", "append", "read", "write"];

/** The canonical text of a register's value, or of the list, by key. Absent keys are null. */
type Keys = ReadonlyMap<string, string>;

interface MicroOperation {
  readonly what: "append" | "read" | "write";
  readonly key: string;
  /** Canonical text; undefined for a read whose value is not known. */
  readonly value: string | undefined;
}

const WORDS: Readonly<Record<string, MicroOperation["what"]>> = {
  append: "append",
  a: "append",
  r: "read",
  read: "read",
  w: "write",
  write: "write",
};

const NULL = "null";

export const listAppend = transactional(
  "list-append",
  "transactions that append to and read lists happen one by one",
  (value) => (value === "[]" ? NULL : value),
);
export const multiRegister = transactional(
  "multi-register",
  "transactions over several registers happen one by one",
  (value) => value,
);

/** Builds a model. `normal` returns the same text for all values that are equal to the model. */
function transactional(name: string, says: string, normal: (value: string) => string): Model {
  return defineModel<Keys>({
    name,
    says,
    kinds: KINDS,
    start: (initial) => startOf(initial, normal),
    keyOf: textOf,
    step: (operation) => {
      if (!KINDS.includes(operation.kind)) throw wrongKind(name, KINDS, operation);
      return transaction(microOperations(operation).map((each) => normalised(each, normal)));
    },
    partsOf: (operation) => [...new Set(microOperations(operation).map(({ key }) => key))],
  });
}

/** Normalises the value of a micro-operation. An appended value is an element, and remains unchanged. */
function normalised(micro: MicroOperation, normal: (value: string) => string): MicroOperation {
  return micro.what === "append" || micro.value === undefined ? micro : { ...micro, value: normal(micro.value) };
}

/** Returns the initial state. `initial` holds values by key. */
function startOf(initial: Json | undefined, normal: (value: string) => string): Keys {
  const entries = isRecord(initial) ? Object.entries(initial) : [];
  return new Map(entries.map(([key, value]) => [key, normal(canonicalJson(value))]));
}

/**
 * Returns a JSON object with quoted keys in code-unit order, so that no key or value can be mistaken for another. A key that was
 * never set and a key that holds null are one state, because no read can distinguish them; so are an absent and an empty list.
 */
function textOf(state: Keys): string {
  const set = [...state].filter(([, value]) => value !== NULL).sort(byKey);
  return `{${set.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(",")}}`;
}

function byKey([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function transaction(micro: readonly MicroOperation[]): Step<Keys> {
  return {
    apply: (state) => applyAll(state, micro),
    readOnly: micro.every(({ what }) => what === "read"),
    observes: micro.some(({ what, value }) => what === "read" && value !== undefined),
    says: micro.map(({ what, key, value }) => `${what} ${key} ${value ?? "?"}`).join(", "),
  };
}

function applyAll(start: Keys, micro: readonly MicroOperation[]): Keys | undefined {
  let state = start;
  for (const { what, key, value } of micro) {
    const now = state.get(key) ?? NULL;
    if (what === "read") {
      if (value !== undefined && value !== now) return undefined;
      continue;
    }
    const next = what === "append" ? appended(now, value ?? NULL) : (value ?? NULL);
    if (next === undefined) return undefined;
    state = new Map(state).set(key, next);
  }
  return state;
}

/** Returns the list with the element; undefined if there is no list to append to. */
function appended(list: string, element: string): string | undefined {
  if (list === NULL || list === "[]") return `[${element}]`;
  return list.startsWith("[") ? `${list.slice(0, -1)},${element}]` : undefined;
}

/** Returns the micro-operations. Reads have their value in the ok output; everything else is in the input. */
function microOperations(operation: Operation): MicroOperation[] {
  const { kind, key, input, outcome } = operation;
  const output = outcome.type === "ok" ? outcome.output : undefined;
  if (kind === "txn") {
    const list = Array.isArray(output) ? output : input;
    if (!Array.isArray(list)) throw wrongShape(operation, "a list of [what, key, value]", list);
    const micro = list.map((each) => microOperation(operation, each, outcome.type === "ok"));
    if (Array.isArray(output) && Array.isArray(input)) checkAnswer(operation, input, micro);
    return micro;
  }
  const value = kind === "read" ? output : input;
  return [microOperation(operation, [kind, key ?? "", value ?? null], kind !== "read" || output !== undefined)];
}

/**
 * Checks that an answer only fills in what was read. An answer that says "append" where a read was requested would turn a wrong
 * read into a change.
 */
function checkAnswer(operation: Operation, input: readonly Json[], answered: readonly MicroOperation[]): void {
  const asked = input.map((each) => microOperation(operation, each, false));
  const isAnswer = ({ what, key, value }: MicroOperation, at: number) => {
    const answer = answered[at];
    return answer?.what === what && answer.key === key && (what === "read" || answer.value === value);
  };
  if (asked.length === answered.length && asked.every(isAnswer)) return;
  const got = operation.outcome.type === "ok" ? operation.outcome.output : null;
  throw wrongShape(operation, `an answer to ${JSON.stringify(input)}: the same list, with what was read`, got);
}

function microOperation(operation: Operation, each: Json, answered: boolean): MicroOperation {
  const [word, key, value, more] = Array.isArray(each) ? each : [];
  const what = WORDS[String(word).replace(/^:/, "")];
  if (key === undefined || more !== undefined) throw wrongShape(operation, "[what, key, value]", each);
  if (what === undefined) throw wrongShape(operation, '"append", "r" or "w" as what', word ?? null);
  const known = what !== "read" || answered;
  return {
    what,
    key: typeof key === "string" ? key : canonicalJson(key),
    value: known ? canonicalJson(value ?? null) : undefined,
  };
}
