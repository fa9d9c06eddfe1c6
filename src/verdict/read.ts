/**
 * Makes the single pass over operations and ledger. Each line feeds the checks of every claim, the probes' samples and the
 * tallies that the validity rules need, so evidence of any length is streamed once.
 */

import { SharedFolds } from "../checker/shared-folds.ts";
import type { Check, Checker, Claim, Finding, RunFacts } from "../checker.ts";
import type { Evidence, OperationTally } from "../evidence.ts";
import type { Operation } from "../history.ts";
import { LedgerReads } from "../ledger/reads.ts";
import { SampleCollector, type SampledStream } from "../outage/samples.ts";
import { GamedayError } from "../std/errors.ts";
import { isSpan } from "../std/stamp.ts";

export interface EvidenceReading {
  readonly findings: readonly Finding[];
  readonly streams: readonly SampledStream[];
  /** The reads of each object whose ledger was read. */
  readonly ledgerReads: ReadonlyMap<string, LedgerReads>;
  readonly operations: OperationTally;
}

interface RunningCheck {
  readonly claim: Claim;
  readonly checker: string;
  /** The running check, or a text that explains why the claim cannot be checked. */
  readonly check: Check | string;
}

export function readOnce(evidence: Evidence, facts: RunFacts, checkers: readonly Checker[]): EvidenceReading {
  const running = evidence.run.plan.claims.flatMap((claim) => begin(claim, facts, checkers));
  const checks = byObject(running);
  const samples = new SampleCollector();
  const tally: OperationTally = { count: 0, impossibleTimes: [], impossible: 0, lastMs: 0, byObject: new Map() };
  for (const operation of evidence.operations()) {
    samples.add(operation);
    count(tally, operation);
    for (const check of checks.get(operation.object) ?? []) check.operation(operation);
  }
  const ledgerReads = readLedger(evidence, checks);
  return { findings: running.map(finish), streams: samples.streams(), ledgerReads, operations: tally };
}

function begin(claim: Claim, facts: RunFacts, checkers: readonly Checker[]): RunningCheck[] {
  const shared = new SharedFolds(claim, facts);
  return claim.checkers.map((name) => {
    const checker = checkers.find((known) => known.name === name);
    const check =
      checker === undefined ? `this version has no checker named "${name}"` : tryBegin(checker, claim, facts, shared);
    return { claim, checker: name, check };
  });
}

/** Starts a check. Options that the checker refuses make the finding unknown; `gameday check` refuses them before a run. */
function tryBegin(checker: Checker, claim: Claim, facts: RunFacts, shared: SharedFolds): Check | string {
  try {
    return checker.begin(claim, facts, shared);
  } catch (thrown) {
    if (thrown instanceof GamedayError) return thrown.message;
    throw thrown;
  }
}

/** Groups the checks by their object. */
function byObject(running: readonly RunningCheck[]): Map<string, Check[]> {
  const checks = new Map<string, Check[]>();
  for (const { claim, check } of running) {
    if (typeof check !== "string") checks.set(claim.object, [...(checks.get(claim.object) ?? []), check]);
  }
  return checks;
}

function readLedger(evidence: Evidence, checks: ReadonlyMap<string, readonly Check[]>): Map<string, LedgerReads> {
  const reads = new Map<string, LedgerReads>();
  for (const line of evidence.ledger()) {
    const own = reads.get(line.object) ?? new LedgerReads();
    reads.set(line.object, own);
    if (line.line === "end") own.end(line);
    else own.item(line);
    for (const check of checks.get(line.object) ?? []) check.ledger(line);
  }
  return reads;
}

function finish({ claim, checker, check }: RunningCheck): Finding {
  if (typeof check !== "string") return check.finish();
  const because = `The claim was not checked: ${check}.`;
  return { checker, object: claim.object, status: "unknown", because, witnesses: [], figures: {} };
}

function count(tally: OperationTally, operation: Operation): void {
  const { intendedAtMs, invokedAtMs, completedAtMs, object } = operation;
  tally.count++;
  tally.byObject.set(object, (tally.byObject.get(object) ?? 0) + 1);
  const end = completedAtMs ?? invokedAtMs;
  if (end > tally.lastMs) tally.lastMs = end;
  if (isSpan(invokedAtMs, end) && isSpan(intendedAtMs, end)) return;
  tally.impossible++;
  if (tally.impossibleTimes.length < 10) tally.impossibleTimes.push(operation.id);
}
