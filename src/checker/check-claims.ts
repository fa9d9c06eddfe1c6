/** Runs all checkers of all claims over one pass of the history and one of the ledger. */
import type { Check, Claim, Finding, RunFacts } from "../checker.ts";
import type { Operation } from "../history.ts";
import type { LedgerLine } from "../ledger.ts";
import { checkerNamed } from "./catalogue.ts";

/**
 * Findings in the order of the claims, and of each claim's checkers. An operation or line goes to the checks of its
 * object only. Throws GamedayError for a checker or an option that there is not.
 */
export function checkClaims(
  claims: readonly Claim[],
  facts: RunFacts,
  operations: Iterable<Operation>,
  ledger: Iterable<LedgerLine>,
): Finding[] {
  const checks = claims.map((claim) => claim.checkers.map((name) => checkerNamed(name).begin(claim, facts)));
  const byObject = new Map<string, Check[]>();
  for (const [index, { object }] of claims.entries()) {
    byObject.set(object, [...(byObject.get(object) ?? []), ...(checks[index] ?? [])]);
  }
  for (const operation of operations) {
    for (const check of byObject.get(operation.object) ?? []) check.operation(operation);
  }
  for (const line of ledger) {
    for (const check of byObject.get(line.object) ?? []) check.ledger(line);
  }
  return checks.flat().map((check) => check.finish());
}
