/**
 * A fault is a kind of breakage. A kind only chooses targets and names the changes it wants; injecting, proving the bite,
 * expiring, reverting and proving the healing are done once for all kinds (fault/injection.ts), so that healing cannot
 * be forgotten.
 */
import type { CapabilityName, Target } from "./platform.ts";
import type { Json } from "./std/json.ts";
import type { Random } from "./std/random.ts";

/** What one fault wants done to one target. */
export interface ChangeRequest {
  readonly capability: CapabilityName;
  readonly target: Target;
  readonly parameters: Readonly<Record<string, Json>>;
}

/** Which targets: all given conditions must hold; then `count` (or `percent`) of them by seed. */
export interface Selector {
  readonly role?: string;
  readonly leader?: boolean;
  readonly node?: string;
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly count?: number;
  readonly percent?: number;
}

export interface FaultKind {
  /** kebab-case, as in plans: "kill-leader". */
  readonly name: string;
  /** One sentence for the table of faults. */
  readonly says: string;
  readonly needs: readonly CapabilityName[];
  /** Selector used where the plan gives none. */
  readonly defaultSelector: Selector;
  /** Parameters that a plan may give, with their defaults; durations in milliseconds. */
  readonly parameters: Readonly<Record<string, Json>>;
  /**
   * false: the platform is expected to recover while the fault holds (a leader is elected). true: users may only recover
   * when the fault ends (freeze of everything): then recovery after our heal is counted as expected.
   */
  readonly recoversOnlyAfterHeal?: boolean;
  /** The changes to make, in order. Pure. `all` is the topology at the moment of choosing. */
  changes(
    targets: readonly Target[],
    parameters: Readonly<Record<string, Json>>,
    all: readonly Target[],
    random: Random,
  ): ChangeRequest[];
}
