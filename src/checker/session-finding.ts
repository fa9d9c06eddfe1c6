/**
 * The finding that read-your-writes, monotonic-reads and staleness share: the violations among the reads that could be compared.
 */
import type { Check, Claim, Finding, FindingWitness } from "../checker.ts";
import { WITNESSES_MAX } from "../checker.ts";
import { type KeyHistory, SessionHistory } from "./session-history.ts";

/** The counts of one checker while it processes the keys. */
export class SessionTally {
  /** Number of reads that could have shown a violation. */
  compared = 0;
  violations = 0;
  /** The longest time that something acknowledged remained unseen, in milliseconds. */
  staleMsMax = 0;
  readonly witnesses: FindingWitness[] = [];

  violate(witness: FindingWitness): void {
    this.violations += 1;
    if (this.witnesses.length < WITNESSES_MAX) this.witnesses.push(witness);
  }
}

/** Returns a check that keeps the history and compares it key by key at the end. */
export function sessionCheck(
  checker: string,
  claim: Claim,
  promise: string,
  compare: (history: KeyHistory, comparison: SessionTally) => void,
): Check {
  const sessions = new SessionHistory(claim);
  return {
    operation: (operation) => sessions.operation(operation),
    ledger: () => undefined,
    finish: () => {
      const comparison = new SessionTally();
      for (const history of sessions.keys()) compare(history, comparison);
      return finding(checker, claim.object, promise, comparison);
    },
  };
}

function finding(checker: string, object: string, promise: string, comparison: SessionTally): Finding {
  const { compared, violations, staleMsMax, witnesses } = comparison;
  const [first] = witnesses;
  const verdict: Pick<Finding, "status" | "because"> =
    first !== undefined
      ? {
          status: "fail",
          because: `${violations} of ${compared} reads: ${first.says}${violations > 1 ? ", and others" : ""}.`,
        }
      : compared === 0
        ? { status: "unknown", because: "No read was made that could have shown a violation." }
        : { status: "pass", because: `In all ${compared} reads that could show a violation, ${promise}.` };
  return { checker, object, ...verdict, witnesses, figures: { compared, violations, staleMsMax } };
}
