/**
 * Builds small operations and ledger lines for the tests in this folder.
 */
import type { Check, Checker, Claim, Finding, RunFacts } from "../checker.ts";
import type { Operation, Outcome } from "../history.ts";
import type { LedgerLine } from "../ledger.ts";
import type { Json } from "../std/json.ts";

export const RUN = "run-1";
export const OK: Outcome = { type: "ok", output: null };
export const UNKNOWN: Outcome = { type: "unknown", code: "timeout" };
export const REFUSED: Outcome = { type: "refused", code: "refused" };

export const ok = (output: Json): Outcome => ({ type: "ok", output });

export function claimOf(object: string, options: Record<string, Json> = {}): Claim {
  return { object, checkers: [], options };
}

export function factsOf(facts: Partial<RunFacts> = {}): RunFacts {
  return { runId: RUN, faults: [], lostWorkers: [], ...facts };
}

let sequence = 0;

/** Builds an operation on "orders" by w0/u0 from 0 to 1 ms with a fresh id, unless `fields` override it. */
export function operation(fields: Partial<Operation> = {}): Operation {
  sequence += 1;
  const invokedAtMs = fields.invokedAtMs ?? 0;
  return {
    id: `${RUN}/w0/u0/${sequence}`,
    process: "w0/u0",
    object: "orders",
    kind: "add",
    input: null,
    attempt: 1,
    outcome: OK,
    intendedAtMs: invokedAtMs,
    completedAtMs: invokedAtMs + 1,
    ...fields,
    invokedAtMs,
  };
}

/** Builds one complete read of `object` from ids or [id, count] pairs. */
export function readOf(
  read: number,
  items: readonly (string | readonly [string, number])[],
  object = "orders",
): LedgerLine[] {
  const lines = items.map((item): LedgerLine => {
    const [id, count] = typeof item === "string" ? [item, 1] : item;
    return { line: "item", read, object, id, count };
  });
  return [...lines, endOf(read, lines.length, object)];
}

export function endOf(read: number, items: number, object = "orders", complete = true): LedgerLine {
  const at = 100_000 + read * 5_000;
  return { line: "end", read, object, startedAtMs: at, completedAtMs: at + 10, complete, items, source: "test" };
}

export function run(
  checker: Checker,
  evidence: {
    readonly claim?: Claim;
    readonly facts?: RunFacts;
    readonly operations: readonly Operation[];
    readonly ledger?: readonly LedgerLine[];
  },
): Finding {
  const check: Check = checker.begin(evidence.claim ?? claimOf("orders"), evidence.facts ?? factsOf());
  for (const each of evidence.operations) check.operation(each);
  for (const line of evidence.ledger ?? []) check.ledger(line);
  return check.finish();
}
