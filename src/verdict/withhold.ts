/**
 * Judgements that cannot be given: from less than what was recorded nobody is accused, and before a run is finished nothing
 * is passed. What would have been said stays in the words.
 */
import type { Status } from "../status.ts";
import type { Verdict } from "../verdict.ts";

export type Judgements = Pick<Verdict, "validity" | "findings" | "experiments" | "objectives">;

interface Withholding {
  readonly status: Status;
  /** Begins the reason: "Nothing can be held against the platform, because history absent". */
  readonly because: string;
}

interface Judged {
  readonly status: Status;
  readonly because: string;
}

/** What is missing may be what would have explained it. A thing that the run left behind was seen, and stays a failure. */
export function withoutAccusing(judgements: Judgements, torn: string): Judgements {
  const rule = { status: "fail", because: `Not held against the platform (${torn})` } as const;
  return { ...withhold(judgements, rule), validity: judgements.validity };
}

/** The report that is written before the clean-up and the seal: whatever becomes of them, it says nothing of having passed. */
export function withoutPassing(judgements: Judgements): Judgements {
  return withhold(judgements, { status: "pass", because: "Held so far, before the clean-up and the seal" });
}

function withhold({ validity, findings, experiments, objectives }: Judgements, rule: Withholding): Judgements {
  const one = <T extends Judged>(judged: T): T => unknownInstead(judged, rule);
  return {
    validity: validity.map(one),
    findings: findings.map(one),
    experiments: experiments.map((each) => ({ ...one(each), usersRecovered: one(each.usersRecovered) })),
    objectives: objectives.map(one),
  };
}

function unknownInstead<T extends Judged>(judged: T, { status, because }: Withholding): T {
  if (judged.status !== status) return judged;
  return { ...judged, status: "unknown", because: `${because}: ${judged.because}` };
}
