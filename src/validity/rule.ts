/**
 * The validity rules decide whether a run can be believed at all. Each rule is one file. It returns a finding in words, and doubts
 * that make unknown only those results that depend on their window or data. validity/catalogue.ts lists all rules.
 */

import type { Finding, FindingWitness } from "../checker.ts";
import type { Evidence, OperationTally } from "../evidence.ts";
import type { ExperimentVerdict } from "../experiment.ts";
import type { LedgerReads } from "../ledger/reads.ts";
import type { Doubt } from "../objective/facts.ts";
import type { LoadFold } from "../objective/load-fold.ts";
import type { SampledStream } from "../outage/samples.ts";
import type { Status } from "../status.ts";
import type { Story } from "../timeline/story.ts";

export interface Ground {
  readonly evidence: Evidence;
  readonly story: Story;
  readonly streams: readonly SampledStream[];
  readonly operations: OperationTally;
  readonly ledgerReads: ReadonlyMap<string, LedgerReads>;
  readonly findings: readonly Finding[];
  readonly experiments: readonly ExperimentVerdict[];
  readonly load: LoadFold;
}

export interface RuleJudgement {
  readonly finding: Finding;
  readonly doubts: readonly Doubt[];
}

export interface ValidityRule {
  /** The name in kebab case; it is also the `checker` of the finding. */
  readonly name: string;
  /** What must hold, as a sentence for the documentation. */
  readonly says: string;
  judge(ground: Ground): RuleJudgement;
}

/** What a rule found, before it is turned into a finding. */
export interface RuleOutcome {
  readonly status: Status;
  readonly because: string;
  readonly object?: string;
  readonly witnesses?: readonly FindingWitness[];
  readonly figures?: Readonly<Record<string, number>>;
  readonly doubts?: readonly Doubt[];
}

/** Makes a rule from a function, and limits the number of witnesses to what a person will read. */
export function rule(name: string, says: string, judge: (ground: Ground) => RuleOutcome): ValidityRule {
  return { name, says, judge: (ground) => dress(name, judge(ground)) };
}

function dress(checker: string, outcome: RuleOutcome): RuleJudgement {
  const { status, because, object = "run", witnesses = [], figures = {}, doubts = [] } = outcome;
  return { finding: { checker, object, status, because, witnesses: witnesses.slice(0, 10), figures }, doubts };
}

/** Returns a count with its noun: "1 target", "3 targets". */
export function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

export function atSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
