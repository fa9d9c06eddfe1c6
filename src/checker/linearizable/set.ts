/**
 * set: "add" and "remove" (input: the element), "contains" (input: the element, output: true or false), "read" (output:
 * all elements, in any order, each once; null while it is empty). Any JSON values. Starts empty, or as `initial` lists.
 */
import type { Operation } from "../../history.ts";
import { canonicalJson, type Json } from "../../std/json.ts";
import { defineModel, type Step, wrongKind, wrongShape } from "./model.ts";

const KINDS = ["add", "remove", "contains", "read"];

/** A set's state: its elements' canonical texts in code-unit order. */
type Elements = readonly string[];

export const set = defineModel<Elements>({
  name: "set",
  says: "reads give exactly the elements that were added and not removed",
  kinds: KINDS,
  start: (initial) => (Array.isArray(initial) ? initial.map(canonicalJson).sort() : []),
  keyOf: (state) => `[${state.join(",")}]`,
  step: (operation) => {
    if (operation.kind === "add") return change(operation, withElement);
    if (operation.kind === "remove") return change(operation, withoutElement);
    if (operation.kind === "contains") return contains(operation);
    if (operation.kind === "read") return read(operation);
    throw wrongKind("set", KINDS, operation);
  },
});

function change({ kind, input }: Operation, apply: (state: Elements, element: string) => Elements): Step<Elements> {
  const element = canonicalJson(input);
  return { apply: (state) => apply(state, element), readOnly: false, says: `${kind} ${element}` };
}

function withElement(state: Elements, element: string): Elements {
  return state.includes(element) ? state : [...state, element].sort();
}

function withoutElement(state: Elements, element: string): Elements {
  return state.filter((other) => other !== element);
}

function contains({ input, outcome }: Operation): Step<Elements> {
  const element = canonicalJson(input);
  if (outcome.type !== "ok") return { apply: (state) => state, readOnly: true, says: `contains ${element} ?` };
  const said = outcome.output === true;
  return {
    apply: (state) => (state.includes(element) === said ? state : undefined),
    readOnly: true,
    says: `contains ${element}: ${said}`,
  };
}

function read(operation: Operation): Step<Elements> {
  const { outcome } = operation;
  if (outcome.type !== "ok") return { apply: (state) => state, readOnly: true, says: "read ?" };
  const output: Json = outcome.output ?? [];
  if (!Array.isArray(output)) throw wrongShape(operation, "a list of elements as output", output);
  const elements = output.map(canonicalJson).sort();
  return {
    apply: (state) => (sameElements(state, elements) ? state : undefined),
    readOnly: true,
    says: `read [${elements.join(",")}]`,
  };
}

/** A repeated element makes a read longer than any state that holds the same elements, so it is never legal. */
function sameElements(a: Elements, b: Elements): boolean {
  return a.length === b.length && a.every((element, index) => element === b[index]);
}
