/**
 * queue: first in, first out. "enqueue" (input: the value), "dequeue" (output: the value; null if the queue was empty). An
 * unanswered dequeue may have taken the value that was first, whichever it was. It starts empty, or with the values of `initial`,
 * first one first.
 */
import type { Operation } from "../../history.ts";
import { canonicalJson } from "../../std/json.ts";
import type { Step } from "./definition.ts";
import { defineModel, wrongKind } from "./model.ts";
import { decideQueue } from "./queue-order.ts";

const KINDS = ["enqueue", "dequeue"];

type Items = readonly string[];

export const queue = defineModel<Items>({
  name: "queue",
  says: "values leave once each, in the order in which they arrived",
  kinds: KINDS,
  start: (initial) => (Array.isArray(initial) ? initial.map(canonicalJson) : []),
  keyOf: (state) => `[${state.join(",")}]`,
  step: (operation) => {
    if (operation.kind === "enqueue") return enqueue(operation);
    if (operation.kind === "dequeue") return dequeue(operation);
    throw wrongKind("queue", KINDS, operation);
  },
  decide: decideQueue,
});

function enqueue({ input }: Operation): Step<Items> {
  const item = canonicalJson(input);
  return { apply: (state) => [...state, item], readOnly: false, observes: false, says: `enqueue ${item}` };
}

function dequeue({ outcome }: Operation): Step<Items> {
  if (outcome.type !== "ok")
    return { apply: (state) => state.slice(1), readOnly: false, observes: false, says: "dequeue ?" };
  if (outcome.output === null) {
    const apply = (state: Items) => (state.length === 0 ? state : undefined);
    return { apply, readOnly: true, observes: true, says: "dequeue: empty" };
  }
  const item = canonicalJson(outcome.output);
  const apply = (state: Items) => (state[0] === item ? state.slice(1) : undefined);
  return { apply, readOnly: false, observes: true, says: `dequeue ${item}` };
}
