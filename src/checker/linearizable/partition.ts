/**
 * Splits a history into parts that can be decided separately.
 */
import type { Operation } from "../../history.ts";
import type { Json } from "../../std/json.ts";
import type { Model } from "./model.ts";
import type { Part } from "./part.ts";

/**
 * Returns the parts, without refused operations and without operations that change no answer. Parts are named by their smallest
 * key and sorted, so that answers do not depend on the order of operations; pieces of one key that its model splits further share
 * the name.
 */
export function partition(operations: readonly Operation[], model: Model, initial: Json | undefined): Part[] {
  return [...byKeys(operations, model)].flatMap(([name, own]) =>
    model.split(own, initial).map((piece) => ({ name, ...piece, operations: model.reduce(piece.operations) })),
  );
}

function byKeys(operations: readonly Operation[], model: Model): [string, readonly Operation[]][] {
  const groups = new KeyGroups();
  const kept = withoutRefused(operations);
  const only = onlyKey(kept, model);
  if (only !== undefined) return [[only, kept]];
  const firstKeys = kept.map((operation) => groups.join(model.partsOf(operation)));
  const parts = new Map<string, Operation[]>();
  for (const [at, operation] of kept.entries()) {
    const part = groups.nameOf(firstKeys[at] ?? "");
    const own = parts.get(part);
    if (own === undefined) parts.set(part, [operation]);
    else own.push(operation);
  }
  return [...parts].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Avoids copying a list of a million operations if nothing would change. */
function withoutRefused(operations: readonly Operation[]): readonly Operation[] {
  return operations.some(isRefused) ? operations.filter((operation) => !isRefused(operation)) : operations;
}

function isRefused({ outcome }: Operation): boolean {
  return outcome.type === "refused";
}

/** Returns the only key that the operations concern; undefined if there are several, or none. */
function onlyKey(operations: readonly Operation[], model: Model): string | undefined {
  const [first] = operations;
  const key = first && model.partsOf(first)[0];
  const isOnly = operations.every((operation) => model.partsOf(operation).every((each) => each === key));
  return isOnly ? key : undefined;
}

/** Disjoint sets of keys (union-find with path halving). A set's name is its smallest key. */
class KeyGroups {
  readonly #parent = new Map<string, string>();

  /** Joins the keys into one set and returns the first key. */
  join(keys: readonly string[]): string {
    const [first = "", ...others] = keys;
    let root = others.length === 0 ? first : this.nameOf(first);
    for (const key of others) {
      const own = this.nameOf(key);
      if (own === root) continue;
      const [small, large] = own < root ? [own, root] : [root, own];
      this.#parent.set(large, small);
      root = small;
    }
    return first;
  }

  nameOf(key: string): string {
    let at = key;
    for (;;) {
      const parent = this.#parent.get(at) ?? at;
      if (parent === at) return at;
      const grandparent = this.#parent.get(parent) ?? parent;
      this.#parent.set(at, grandparent);
      at = grandparent;
    }
  }
}
