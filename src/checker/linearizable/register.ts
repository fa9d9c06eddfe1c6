/**
 * register: "write" (input: the value), "read" (output: the value; null if nothing was written yet). Values are any JSON values.
 */
import type { Operation } from "../../history.ts";
import { canonicalJson, type Json } from "../../std/json.ts";
import type { Step } from "./definition.ts";
import { defineModel, wrongKind } from "./model.ts";
import { decideRegister } from "./register-zones.ts";

const KINDS = ["read", "write"];

export const register = defineModel<string>({
  name: "register",
  says: "reads return what was written last",
  kinds: KINDS,
  start: startOf,
  keyOf: (state) => state,
  step: (operation) => {
    const step = readOrWrite(operation);
    if (step === undefined) throw wrongKind("register", KINDS, operation);
    return step;
  },
  reduce: withoutUnseen,
  leadsTo: (from, to) => from === to,
  decide: decideRegister,
});

/**
 * Returns the operations without the unknown writes of values that no answered read returned, and without unanswered reads. Such
 * a write changes no answer: removed from a legal order, the order remains legal, because no read can lie between it and the next
 * write; and an order without it is legal for the full history, because the write may never have happened.
 */
function withoutUnseen(operations: readonly Operation[]): readonly Operation[] {
  if (operations.every(({ outcome }) => outcome.type === "ok")) return operations;
  const seen = new Set<string>();
  for (const { kind, outcome } of operations) {
    if (kind === "read" && outcome.type === "ok") seen.add(canonicalJson(outcome.output));
  }
  return operations.filter(
    ({ kind, input, outcome }) => outcome.type === "ok" || (kind === "write" && seen.has(canonicalJson(input))),
  );
}

/** Returns the initial state. A register's state is the canonical text of its value, so that equal values are equal states. */
export function startOf(initial: Json | undefined): string {
  return canonicalJson(initial ?? null);
}

export function readOrWrite({ kind, input, outcome }: Operation): Step<string> | undefined {
  if (kind === "read") {
    if (outcome.type !== "ok") return { readOnly: true, observes: false, says: "read ?" };
    const value = canonicalJson(outcome.output);
    return { needs: value, readOnly: true, observes: true, says: `read ${value}` };
  }
  if (kind !== "write") return undefined;
  const value = canonicalJson(input);
  return { gives: value, readOnly: false, observes: false, says: `write ${value}` };
}
