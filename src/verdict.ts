/**
 * The verdict is the worst of all findings and assessments: fail > unknown > pass. No evidence is unknown, never pass.
 * Judged by verdict/judge.ts from the evidence alone; `verdict.json` is this type with stable bytes.
 */
import type { Finding } from "./checker.ts";
import type { ExperimentVerdict } from "./experiment.ts";
import type { ObjectiveVerdict } from "./objective.ts";
import type { Status } from "./status.ts";

/** Version of verdict.json; fields are added, never changed in meaning. */
export const VERDICT_VERSION = 1;

export interface NotTested {
  readonly what: string;
  readonly because: string;
}

export interface Verdict {
  readonly version: number;
  readonly runId: string;
  readonly plan: string;
  readonly verdict: Status;
  readonly exitCode: number;
  /** The whole verdict as a person would say it. */
  readonly sentence: string;
  readonly validity: readonly Finding[];
  readonly notTested: readonly NotTested[];
  readonly findings: readonly Finding[];
  readonly experiments: readonly ExperimentVerdict[];
  readonly objectives: readonly ObjectiveVerdict[];
  /** Control commands by hand that changed the run. */
  readonly manualInterventions: number;
}
