/**
 * Withholds judgements that cannot be given: incomplete evidence cannot make anything fail, and nothing passes before the run is
 * finished. The withheld judgement becomes unknown, and its text is kept in the reason.
 */
import type { Status } from "../status.ts";
import type { Verdict } from "../verdict.ts";

export type Judgements = Pick<Verdict, "validity" | "findings" | "experiments" | "objectives">;

interface Withholding {
  readonly status: Status;
  /** The beginning of the new reason: "Not held against the platform (history absent)". */
  readonly because: string;
}

interface Judged {
  readonly status: Status;
  readonly because: string;
}

/** Withholds failures, because missing evidence might explain them. Validity is kept: residue was seen, and stays a failure. */
export function withoutAccusing(judgements: Judgements, torn: string): Judgements {
  const rule = { status: "fail", because: `Not held against the platform (${torn})` } as const;
  return { ...withhold(judgements, rule), validity: judgements.validity };
}

/** Withholds passes, for the report that is written before the clean-up and the seal, which may still fail. */
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
