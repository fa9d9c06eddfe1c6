/**
 * The control of a run is a local socket of mode 0600 in the state folder. Whoever may open it may change the run: its load, its
 * faults, its end. Each command is one line of JSON, and so is its reply. The run decides whether a command is possible at the
 * moment that it arrives, and records every one that it follows as an event `control` with `manual: true`.
 */
import type { Json } from "./std/json.ts";
import type { TargetReference } from "./timeline.ts";

/** The name of the caller in the timeline: "page 2", "API", "terminal". */
interface Asking {
  readonly by: string;
}

export type ControlCommand = Asking &
  (
    | { readonly do: "change-load"; readonly target: number; readonly unit: LoadUnit; readonly version: string }
    | { readonly do: "inject"; readonly inject: InjectByHand; readonly dryRun: boolean }
    | { readonly do: "heal"; readonly experiment: string; readonly because?: string }
    | { readonly do: "stop"; readonly because?: string; readonly atOnce?: boolean }
    | { readonly do: "mark"; readonly says: string }
  );

export type LoadUnit = "users" | "arrivals-per-second";

/** A fault that a person injects while a run goes on. */
export interface InjectByHand {
  readonly fault: string;
  readonly selector: Readonly<Record<string, Json>>;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly holdMs: number;
  /** The ids that the person saw; the fault is refused if others would be hit now. Absent: not compared. */
  readonly expectTargets?: readonly string[];
}

/** What is hit, or would be hit now. */
export interface HitByHand {
  readonly name: string | null;
  readonly targets: readonly TargetReference[];
  readonly of: Readonly<Record<string, number>>;
  readonly standing: readonly TargetReference[];
  readonly healsByItselfAfterMs: number;
}

/** Why a run did not follow a command, as an error of the command line with the status that the API answers with. */
export interface ControlRefusal {
  readonly status: 409 | 412 | 422;
  readonly code: string;
  readonly expected: string;
  readonly got: string;
  readonly hint?: string;
}

export type ControlReply =
  | { readonly ok: true; readonly hit?: HitByHand }
  | { readonly ok: false; readonly refusal: ControlRefusal };
