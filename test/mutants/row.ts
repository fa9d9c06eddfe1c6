/**
 * A row of the mutant table: one broken platform that must be flagged, or one healthy look-alike that must not. Rows are data.
 * The author of their expectations wrote neither checker nor judge.
 */

import type { ClaimPlan, Objective } from "../../src/plan.ts";
import type { BehaviourChange } from "../../src/platform/fake/behaviour.ts";
import type { Status } from "../../src/status.ts";
import type { Json } from "../../src/std/json.ts";
import type { DrillName } from "../simulator/drill.ts";
import type { SimulationOptions } from "../simulator/simulate.ts";
import type { Twist } from "./twist.ts";

/**
 * What the verdict must contain. `finding` names one line of it: "findings/CHECKER/OBJECT", "validity/RULE", "objectives/ID". For
 * a mutant, that line has the status, with a witness. For a healthy row, the verdict passes; or, where our own evidence is
 * lacking, it is unknown because of that line.
 */
export interface Expectation {
  readonly finding: string;
  readonly status: Status;
  /** Text that the line's reason or one of its witnesses must contain: the proof, not only the accusation. */
  readonly witness: string;
  /** Other lines that the same mistake rightly turns from pass. Any other line that is not a pass makes the row fail. */
  readonly also?: readonly string[];
}

export function line(finding: string, status: Status, witness: string, also: readonly string[] = []): Expectation {
  return { finding, status, witness, also };
}

interface AnyRow {
  readonly name: string;
  readonly kind: "mutant" | "healthy";
  /** A description of what is wrong with the platform, or only looks wrong. */
  readonly says: string;
  /** A healthy row without an expectation must pass in every line. */
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
  /** Changes the evidence before it is judged. */
  readonly twist?: Twist;
}

/**
 * A claim about the shop (lab-plan.ts). "orders by SQL" is read without the app, for platforms that answer no request at the end.
 */
export type LabClaim = "orders" | "orders by SQL" | "carts" | "sessions" | "prices" | "tills" | "stock";

/** A row that `gameday run` plays on the lab with real parts: the shop's usual plan with these changes (lab-plan.ts). */
export interface LabRow extends AnyRow {
  readonly platform: "lab";
  /** The plan's `platform` section, merged into the usual one section by section. */
  readonly sections: Readonly<Record<string, Json>>;
  /** The file of test/mutants/shop/ that runs instead of the shop; null for the shop itself. */
  readonly variant: string | null;
  /** The scenarios of the users: files relative to the root of the checkout. */
  readonly scenarios: readonly string[];
  readonly experiments: readonly Readonly<Record<string, Json>>[];
  readonly claims: readonly LabClaim[];
  readonly objectives: readonly Readonly<Record<string, Json>>[];
  /** Other top-level keys of the plan: autoscaling, calm ... */
  readonly more?: Readonly<Record<string, Json>>;
}

export type Row = FakeRow | LabRow;
