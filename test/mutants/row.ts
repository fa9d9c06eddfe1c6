/**
 * A row of the mutant table: one broken platform that must be flagged, or one healthy look-alike that must not. Rows are
 * data; what they must be flagged with was written by somebody who wrote neither checker nor judge.
 */

import type { ClaimPlan, Objective } from "../../src/plan.ts";
import type { BehaviourChange } from "../../src/platform/fake/behaviour.ts";
import type { DrillName } from "../../src/platform/fake/drill.ts";
import type { SimulationOptions } from "../../src/platform/fake/simulate.ts";
import type { Status } from "../../src/status.ts";
import type { Json } from "../../src/std/json.ts";
import type { Twist } from "./twist.ts";

/**
 * What the verdict must say. `finding` names one line of it: "findings/CHECKER/OBJECT", "validity/RULE", "objectives/ID".
 * mutant: that line has the status, with a witness. healthy: the verdict passes; or, where our own evidence is what is
 * lacking, it is unknown by that line.
 */
export interface Expectation {
  readonly finding: string;
  readonly status: Status;
  /** Text that the line's reason or one of its witnesses must hold: the proof, not only the accusation. */
  readonly witness: string;
  /** Other lines that the same mistake rightly turns from pass. Anything else that is not pass makes the row fail. */
  readonly also?: readonly string[];
}

export function line(finding: string, status: Status, witness: string, also: readonly string[] = []): Expectation {
  return { finding, status, witness, also };
}

interface AnyRow {
  readonly name: string;
  readonly kind: "mutant" | "healthy";
  /** The row of verdict-rules section 8 that it stands for, in words. */
  readonly says: string;
  /** A healthy row without expectation must pass in every line. */
  readonly expected: Expectation | null;
}

export interface FakeRow extends AnyRow {
  readonly platform: "fake";
  readonly lies: readonly string[];
  readonly changes?: readonly BehaviourChange[];
  readonly drills: readonly DrillName[];
  readonly objectives: readonly Objective[];
  readonly claims?: readonly ClaimPlan[];
  readonly options?: Partial<SimulationOptions>;
  /** What becomes of the evidence before it is judged. */
  readonly twist?: Twist;
}

/** What can be claimed of the shop (lab-plan.ts). "orders by SQL": read past an app that answers nobody in the end. */
export type LabClaim = "orders" | "orders by SQL" | "carts" | "sessions" | "prices" | "tills" | "stock";

/** A row that `gameday run` plays on the lab with real parts: the shop's usual plan with these changes (lab-plan.ts). */
export interface LabRow extends AnyRow {
  readonly platform: "lab";
  /** The plan's `platform` section, laid over the usual one, section by section. */
  readonly sections: Readonly<Record<string, Json>>;
  /** File of test/mutants/shop/ that is run instead of the shop; null: the shop itself. */
  readonly variant: string | null;
  /** What the users do: files of scenarios, from the root of the checkout. */
  readonly scenarios: readonly string[];
  readonly experiments: readonly Readonly<Record<string, Json>>[];
  readonly claims: readonly LabClaim[];
  readonly objectives: readonly Readonly<Record<string, Json>>[];
  /** Other top-level keys of the plan: autoscaling, calm ... */
  readonly more?: Readonly<Record<string, Json>>;
}

export type Row = FakeRow | LabRow;
