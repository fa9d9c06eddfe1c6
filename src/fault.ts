/**
 * A fault is a kind of breakage. A kind only chooses targets and names the changes it wants; injecting, proving the bite,
 * expiring, reverting and proving the healing are done once for all kinds (fault/injection.ts), so that healing cannot
 * be forgotten.
 */

import type { Selector } from "./plan.ts";
import type { CapabilityName, Target } from "./platform.ts";
import type { Json } from "./std/json.ts";
import type { Random } from "./std/random.ts";

/** What one fault wants done to one target. */
export interface ChangeRequest {
  readonly capability: CapabilityName;
  readonly target: Target;
  readonly parameters: Readonly<Record<string, Json>>;
  /** false: the platform mends it (a killed replica is started again); we only do when it did not in time. Default true. */
  readonly undo?: boolean;
}

/** The type of a parameter: how a plan may write it. A duration `hold` in a plan is `holdMs` once resolved. */
export type ParameterType =
  | { readonly is: "duration"; readonly signed: boolean }
  | { readonly is: "number"; readonly min: number; readonly max: number; readonly whole: boolean }
  | { readonly is: "choice"; readonly of: readonly string[] }
  | { readonly is: "flag" }
  | { readonly is: "text" }
  /** One selector or a list of some; "everybody" where there is none (fault/peers.ts). */
  | { readonly is: "peers" }
  /** A command as a list of words, never a shell string. */
  | { readonly is: "argv" };

/** One parameter that a plan may give to a fault. */
export interface Parameter {
  readonly type: ParameterType;
  /** Used where the plan gives none (durations in milliseconds); undefined: the plan must give it. */
  readonly default: Json | undefined;
  /** What it does, in words, with the unit. */
  readonly says: string;
}

export interface FaultKind {
  /** kebab-case, as in plans: "kill-leader". */
  readonly name: string;
  /** One sentence for the table of faults. */
  readonly says: string;
  readonly needs: readonly CapabilityName[];
  /** Selector used where the plan gives none; its count (else one) also holds where a plan's selector gives no number. */
  readonly defaultSelector: Selector;
  /** What every target must be, whatever the plan's selector says: { leader: true }, { role: "node" }. */
  readonly always?: Selector;
  /** Parameters that a plan may give, by their names in plans. */
  readonly parameters: Readonly<Record<string, Parameter>>;
  /**
   * More than one round, each begun when the one before is healed and the parameter `pause` has passed. "each-target": chosen
   * once, one target a round (rolling restart). "times": as often as the parameter `times` says, chosen anew each time.
   */
  readonly rounds?: "each-target" | "times";
  /**
   * false: the platform is expected to recover while the fault holds (a leader is elected). true: users may only recover
   * when the fault ends (freeze of everything): then recovery after our heal is counted as expected.
   */
  readonly recoversOnlyAfterHeal?: boolean;
  /** The changes to make, in order; all at once as far as the targets go. Pure. `all` is the topology when chosen. */
  changes(
    targets: readonly Target[],
    parameters: Readonly<Record<string, Json>>,
    all: readonly Target[],
    random: Random,
  ): ChangeRequest[];
}
