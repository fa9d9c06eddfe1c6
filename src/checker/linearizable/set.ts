/**
 * set: "add" and "remove" (input: the element), "contains" (input: the element, output: true or false), "read" (output: all
 * elements, in any order, each once; null while the set is empty). Elements are any JSON values. It starts empty, or with the
 * elements of `initial`.
 */
import type { Operation } from "../../history.ts";
import { canonicalJson, type Json } from "../../std/json.ts";
import type { Step } from "./definition.ts";
import { defineModel, wrongKind, wrongShape } from "./model.ts";
import { byElement, decideGrowingSet } from "./set-growth.ts";

const KINDS = ["add", "remove", "contains", "read"];

/** The state of a set: the canonical texts of its elements in code-unit order. */
type Elements = readonly string[];

export const set = defineModel<Elements>({
  name: "set",
  says: "reads return exactly the elements that were added and not removed",
  kinds: KINDS,
  start: (initial) => (Array.isArray(initial) ? [...new Set(initial.map(canonicalJson))].sort() : []),
  keyOf: (state) => `[${state.join(",")}]`,
  step: (operation) => {
    if (operation.kind === "add") return change(operation, withElement);
    if (operation.kind === "remove") return change(operation, withoutElement);
    if (operation.kind === "contains") return contains(operation);
    if (operation.kind === "read") return read(operation);
    throw wrongKind("set", KINDS, operation);
  },
  split: byElement,
  decide: decideGrowingSet,
});

function change({ kind, input }: Operation, apply: (state: Elements, element: string) => Elements): Step<Elements> {
  const element = canonicalJson(input);
  return { apply: (state) => apply(state, element), readOnly: false, observes: false, says: `${kind} ${element}` };
}

function withElement(state: Elements, element: string): Elements {
  return state.includes(element) ? state : [...state, element].sort();
}

function withoutElement(state: Elements, element: string): Elements {
  return state.filter((other) => other !== element);
}

function contains({ input, outcome }: Operation): Step<Elements> {
  const element = canonicalJson(input);
  if (outcome.type !== "ok") return { readOnly: true, observes: false, says: `contains ${element} ?` };
  const said = outcome.output === true;
  return {
    apply: (state) => (state.includes(element) === said ? state : undefined),
    readOnly: true,
    observes: true,
    says: `contains ${element}: ${said}`,
  };
}

function read(operation: Operation): Step<Elements> {
  const { outcome } = operation;
  if (outcome.type !== "ok") return { readOnly: true, observes: false, says: "read ?" };
  const output: Json = outcome.output ?? [];
  if (!Array.isArray(output)) throw wrongShape(operation, "a list of elements as output", output);
  const elements = output.map(canonicalJson).sort();
  // If an element is repeated, no state has this text, so the read is never legal.
  return { needs: elements, readOnly: true, observes: true, says: `read [${elements.join(",")}]` };
}
