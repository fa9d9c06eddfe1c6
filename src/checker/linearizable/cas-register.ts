/**
 * cas-register: a register with "cas" (input: [from, to], or { from, to }). An ok output of false means that the compare failed:
 * the value was certainly not `from`. Any other ok output means that the value was `from` and is now `to`. An unknown cas may
 * have been either.
 */
import type { Operation } from "../../history.ts";
import { canonicalJson, isRecord, type Json } from "../../std/json.ts";
import type { Step } from "./definition.ts";
import { defineModel, wrongKind, wrongShape } from "./model.ts";
import { readOrWrite, startOf } from "./register.ts";

const KINDS = ["read", "write", "cas"];

export const casRegister = defineModel<string>({
  name: "cas-register",
  says: "a register that can also be set on condition of its value",
  kinds: KINDS,
  start: startOf,
  keyOf: (state) => state,
  leadsTo: (from, to) => from === to,
  step: (operation) => {
    const step = operation.kind === "cas" ? compareAndSet(operation) : readOrWrite(operation);
    if (step === undefined) throw wrongKind("cas-register", KINDS, operation);
    return step;
  },
});

function compareAndSet(operation: Operation): Step<string> {
  const [from, to] = argumentsOf(operation).map(canonicalJson) as [string, string];
  const { outcome } = operation;
  if (outcome.type !== "ok") {
    const apply = (state: string) => (state === from ? to : state);
    return { apply, gives: to, readOnly: from === to, observes: false, says: `cas ${from} -> ${to} ?` };
  }
  if (outcome.output === false) {
    const says = `cas ${from} -> ${to} (compare failed)`;
    return { apply: (state) => (state === from ? undefined : state), readOnly: true, observes: true, says };
  }
  return { needs: from, gives: to, readOnly: from === to, observes: true, says: `cas ${from} -> ${to}` };
}

function argumentsOf(operation: Operation): [Json, Json] {
  const { input } = operation;
  const [from, to, more] = Array.isArray(input) ? input : isRecord(input) ? [input["from"], input["to"]] : [];
  if (from === undefined || to === undefined || more !== undefined)
    throw wrongShape(operation, "an input of [from, to]", input);
  return [from, to];
}
