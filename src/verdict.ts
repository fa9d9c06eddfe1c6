/**
 * The verdict is the worst of all findings and assessments: fail > unknown > pass. Missing evidence is unknown, never pass.
 * verdict/judge.ts computes the verdict from the evidence alone; `verdict.json` is this type, serialized to stable bytes.
 */
import type { Finding } from "./checker.ts";
import type { ExperimentVerdict } from "./experiment.ts";
import type { ObjectiveVerdict } from "./objective.ts";
import type { Status } from "./status.ts";

/** The version of verdict.json. Fields may be added, but the meaning of a field never changes. */
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
  /** A summary of the whole verdict in one plain sentence. */
  readonly sentence: string;
  readonly validity: readonly Finding[];
  readonly notTested: readonly NotTested[];
  readonly findings: readonly Finding[];
  readonly experiments: readonly ExperimentVerdict[];
  readonly objectives: readonly ObjectiveVerdict[];
  /** The number of manual control commands that changed the run. */
  readonly manualInterventions: number;
}
