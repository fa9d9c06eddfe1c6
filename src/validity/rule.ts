/**
 * Validity asks first whether the run may be believed. Each rule is one file: it gives a finding in words, and doubts
 * that make unknown only what their window or data touches. The list is validity/catalogue.ts.
 */

import type { Finding, FindingWitness } from "../checker.ts";
import type { Evidence, OperationTally } from "../evidence.ts";
import type { ExperimentVerdict } from "../experiment.ts";
import type { LedgerReads } from "../ledger/reads.ts";
import type { Doubt } from "../objective/facts.ts";
import type { LoadFold } from "../objective/load-fold.ts";
import type { ProbeStream } from "../outage/samples.ts";
import type { Status } from "../status.ts";
import type { Story } from "../timeline/story.ts";

export interface Ground {
  readonly evidence: Evidence;
  readonly story: Story;
  readonly streams: readonly ProbeStream[];
  readonly operations: OperationTally;
  readonly ledgerReads: ReadonlyMap<string, LedgerReads>;
  readonly findings: readonly Finding[];
  readonly experiments: readonly ExperimentVerdict[];
  readonly load: LoadFold;
}

export interface Judged {
  readonly finding: Finding;
  readonly doubts: readonly Doubt[];
}

export interface ValidityRule {
  /** kebab-case, also `checker` of its finding. */
  readonly name: string;
  /** What must hold, as a sentence for the docs. */
  readonly says: string;
  judge(ground: Ground): Judged;
}

/** What a rule found, before it is dressed as a finding. */
export interface Outcome {
  readonly status: Status;
  readonly because: string;
  readonly object?: string;
  readonly witnesses?: readonly FindingWitness[];
  readonly figures?: Readonly<Record<string, number>>;
  readonly doubts?: readonly Doubt[];
}

/** Makes a rule of a function; the witnesses are cut to what a person reads. */
export function rule(name: string, says: string, judge: (ground: Ground) => Outcome): ValidityRule {
  return { name, says, judge: (ground) => dress(name, judge(ground)) };
}

function dress(checker: string, outcome: Outcome): Judged {
  const { status, because, object = "run", witnesses = [], figures = {}, doubts = [] } = outcome;
  return { finding: { checker, object, status, because, witnesses: witnesses.slice(0, 10), figures }, doubts };
}

/** "1 target", "3 targets". */
export function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

export function atSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
