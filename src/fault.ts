/**
 * A fault is a kind of breakage. A kind only chooses targets and names the changes it wants. Injecting, proving the bite,
 * expiring, reverting and proving the healing are implemented once for all kinds (fault/injection.ts), so that healing cannot
 * be forgotten.
 */

import type { Selector } from "./plan.ts";
import type { CapabilityName, CapabilityParameters } from "./platform/capability.ts";
import type { Target } from "./platform.ts";
import type { Json } from "./std/json.ts";
import type { Random } from "./std/random.ts";
import type { FaultTraits } from "./timeline.ts";

/** One change that a fault requests for one target: of any capability, with the parameters of that capability. */
export type ChangeRequest = { readonly [Name in CapabilityName]: RequestOf<Name> }[CapabilityName];

interface RequestOf<Name extends CapabilityName> {
  readonly capability: Name;
  readonly target: Target;
  readonly parameters: CapabilityParameters<Name>;
  /**
   * false: the platform repairs the target itself (a killed replica is restarted), and we act only if it has not done so in
   * time. The default is true.
   */
  readonly undo?: boolean;
}

/**
 * The type of a parameter, which determines how a plan may write it. A duration `hold` in a plan becomes `holdMs` when it is
 * resolved.
 */
export type ParameterType =
  | { readonly is: "duration"; readonly signed: boolean }
  | { readonly is: "number"; readonly min: number; readonly max: number; readonly whole: boolean }
  | { readonly is: "choice"; readonly of: readonly string[] }
  | { readonly is: "flag" }
  /** One selector or a list of selectors; "everybody" if the plan gives none (fault/peers.ts). */
  | { readonly is: "peers" }
  /** A command as a list of words, never a shell string. */
  | { readonly is: "argv" };

/** One parameter that a plan may give to a fault. */
export interface Parameter {
  readonly type: ParameterType;
  /** The value if the plan gives none (durations in milliseconds); undefined: the plan must give one. */
  readonly default: Json | undefined;
  /** What the parameter does, in words, with its unit. */
  readonly says: string;
}

/** A parameter with the type of its resolved value. */
export interface ParameterOf<Is extends ParameterType["is"], Value extends Json> extends Parameter {
  readonly type: ParameterType & { readonly is: Is };
  readonly default: Value | undefined;
}

/** The resolved values of parameters: durations are in milliseconds, under a name with that unit. */
export type Resolved<Parameters extends Readonly<Record<string, Parameter>>> = {
  readonly [Name in keyof Parameters & string as Parameters[Name]["type"]["is"] extends "duration"
    ? `${Name}Ms`
    : Name]: Exclude<Parameters[Name]["default"], undefined>;
};

export interface FaultKind<
  Parameters extends Readonly<Record<string, Parameter>> = Readonly<Record<string, Parameter>>,
> {
  /** The name in plans, in kebab-case: "kill-leader". */
  readonly name: string;
  /** One sentence for the table of faults. */
  readonly says: string;
  readonly needs: readonly CapabilityName[];
  /** The selector if the plan gives none. Its count (or else 1) also applies if a plan's selector gives no number. */
  readonly defaultSelector: Selector;
  /** The conditions that every target must meet, whatever the plan's selector is: { leader: true }, { role: "node" }. */
  readonly always?: Selector;
  /** The parameters that a plan may give, by their names in plans. */
  readonly parameters: Parameters;
  /**
   * Repeats the fault in rounds; each round begins when the one before is healed and the parameter `pause` has passed.
   * "each-target": the targets are chosen once, and each round hits one of them (rolling restart). "times": the parameter
   * `times` gives the number of rounds, and the targets are chosen again in each.
   */
  readonly rounds?: "each-target" | "times";
  /** What a judge needs to know about the kind; recorded with each experiment. */
  readonly traits: Required<FaultTraits>;
  /**
   * Why the fault must be injected alone, as a clause. null: it may be combined with others, because its changes are applied and
   * reverted one by one, and none removes another or waits for what another has stopped.
   */
  readonly alone: string | null;
  /**
   * Returns the changes to make, in order; the targets are changed at the same time if possible. Pure. `all` is the topology
   * at the moment of the choice.
   */
  changes(
    targets: readonly Target[],
    parameters: Resolved<Parameters>,
    all: readonly Target[],
    random: Random,
  ): ChangeRequest[];
}

/** Declares a kind of fault; the types of its parameters reach `changes`. */
export function faultKind<Parameters extends Readonly<Record<string, Parameter>>>(
  kind: FaultKind<Parameters>,
): FaultKind {
  return kind;
}
