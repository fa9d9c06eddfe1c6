/**
 * list-append and multi-register: transactions over several keys that happen at once (strict serializability). The input
 * of an operation of kind "txn" is a list of [what, key, value]: "append" puts the value behind the key's list, "w"
 * ("write") sets the key, "r" ("read") reads it. The ok output is the same list with each read's value filled in; null
 * is the empty list, or a key that was never set. The first may also be written as a keyword (":append"). Outside of a transaction: kind "append", "write" or "read" with `key`.
 * Within a transaction, reads see its own earlier writes.
 */
import type { Operation } from "../../history.ts";
import { canonicalJson, isRecord, type Json } from "../../std/json.ts";
import { defineModel, type Model, type Step, wrongKind, wrongShape } from "./model.ts";

const KINDS = ["txn", "append", "read", "write"];

/** By key: the canonical text of a register's value, or of the list. Absent keys are null. */
type Keys = ReadonlyMap<string, string>;

interface MicroOperation {
  readonly what: "append" | "read" | "write";
  readonly key: string;
  /** Canonical text; undefined: a read whose value is not known. */
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

const EMPTY = ["null", "[]"];

export const listAppend = transactional("list-append", "transactions that append to and read lists happen one by one");
export const multiRegister = transactional("multi-register", "transactions over several registers happen one by one");

function transactional(name: string, says: string): Model {
  return defineModel<Keys>({
    name,
    says,
    kinds: KINDS,
    start: (initial) => startOf(initial),
    keyOf: textOf,
    step: (operation) => {
      if (!KINDS.includes(operation.kind)) throw wrongKind(name, KINDS, operation);
      return transaction(operation);
    },
    partsOf: (operation) => [...new Set(microOperations(operation).map(({ key }) => key))],
  });
}

/** `initial`: values by key. */
function startOf(initial: Json | undefined): Keys {
  const entries = isRecord(initial) ? Object.entries(initial) : [];
  return new Map(entries.map(([key, value]) => [key, canonicalJson(value)]));
}

function textOf(state: Keys): string {
  if (state.size === 0) return "(nothing set)";
  return [...state]
    .sort(byKey)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
}

function byKey([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function transaction(operation: Operation): Step<Keys> {
  const micro = microOperations(operation);
  return {
    apply: (state) => applyAll(state, micro),
    readOnly: micro.every(({ what }) => what === "read"),
    says: micro.map(({ what, key, value }) => `${what} ${key} ${value ?? "?"}`).join(", "),
  };
}

function applyAll(start: Keys, micro: readonly MicroOperation[]): Keys | undefined {
  let state = start;
  for (const each of micro) {
    const now = state.get(each.key) ?? "null";
    if (each.what === "read") {
      if (each.value !== undefined && !sameValue(now, each.value)) return undefined;
    } else {
      const next = each.what === "append" ? appended(now, each.value ?? "null") : (each.value ?? "null");
      state = new Map(state).set(each.key, next);
    }
  }
  return state;
}

function sameValue(a: string, b: string): boolean {
  return a === b || (EMPTY.includes(a) && EMPTY.includes(b));
}

function appended(list: string, element: string): string {
  return EMPTY.includes(list) ? `[${element}]` : `${list.slice(0, -1)},${element}]`;
}

/** Reads carry their value in the ok output; everything else is in the input. */
function microOperations(operation: Operation): MicroOperation[] {
  const { kind, key, input, outcome } = operation;
  const output = outcome.type === "ok" ? outcome.output : undefined;
  if (kind === "txn") {
    const list = Array.isArray(output) ? output : input;
    if (!Array.isArray(list)) throw wrongShape(operation, "a list of [what, key, value]", list);
    return list.map((each) => microOperation(operation, each, outcome.type === "ok"));
  }
  const value = kind === "read" ? output : input;
  return [microOperation(operation, [kind, key ?? "", value ?? null], kind !== "read" || output !== undefined)];
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
