/**
 * The timeline is what the tool did and saw, as events in order of recording. Lines of `timeline.ndjson`. Readers ignore
 * types that they do not know; writers never change the meaning of one that exists.
 */
import type { Json } from "./std/json.ts";

/** The steps of a run, in this order; printed by name. */
export const PHASES = [
  "validation",
  "load-deployment",
  "load",
  "autoscaling-watch",
  "experiments",
  "scale-down-watch",
  "statistics",
  "report",
  "clean-up",
] as const;
export type Phase = (typeof PHASES)[number];

/** Something seen, by whom, when: proof that a fault bit or was healed. */
export interface Witness {
  readonly atMs: number;
  readonly says: string;
  /** Where it was seen from: "inside n1: /proc", "sentinel n2". */
  readonly source: string;
}

export interface TargetReference {
  readonly id: string;
  readonly role: string;
  readonly node: string;
}

/** What was written to a file: size in bytes and SHA-256 in hexadecimal. */
export interface WrittenFile {
  readonly bytes: number;
  readonly sha256: string;
}

export type HealedBy = "platform" | "gameday" | "nobody";

export type TimelineEvent = { readonly atMs: number } & (
  | { readonly type: "phase"; readonly phase: Phase; readonly edge: "begin" | "end" }
  /** One line of the check before the first fault, and before and after each (etcd's robustness tests do so). */
  | {
      readonly type: "health";
      readonly moment: "before-run" | "before-fault" | "after-fault" | "after-run";
      readonly experiment?: string;
      readonly name: string;
      readonly ok: boolean;
      readonly expected: string;
      readonly seen: string;
    }
  | { readonly type: "load"; readonly edge: "begin" | "steady" | "ramp-down" | "end"; readonly users: number }
  | {
      readonly type: "experiment";
      readonly experiment: string;
      readonly fault: string;
      readonly edge: "begin" | "end" | "aborted";
      readonly targets: readonly TargetReference[];
      /** At the begin: what else stands on the nodes that are hit, and so may go down or restart with them. */
      readonly standing?: readonly TargetReference[];
      readonly because?: string;
    }
  /** The four stamps of a fault, and what could not be stamped. */
  | {
      readonly type: "fault";
      readonly experiment: string;
      readonly edge: "commanded" | "bit" | "not-bitten" | "heal-commanded" | "healed" | "not-healed";
      readonly target: string;
      /** What is done to the target, where one fault does several things to it. */
      readonly capability?: string;
      readonly witness?: Witness;
      readonly because?: string;
    }
  | { readonly type: "role"; readonly role: string; readonly target: string; readonly is: string; readonly was: string }
  | {
      readonly type: "replicas";
      readonly current: number;
      readonly ready: number;
      readonly desired: number;
      /** What the autoscaler saw, enough to recompute desired: samples, conditions with autoscaling/v2 names. */
      readonly detail?: Json;
    }
  | {
      readonly type: "restart";
      readonly target: string;
      /** The node that it runs on, where the platform knows it. */
      readonly node?: string;
      readonly reason: string;
      /** The platform itself knows that a change of ours was on the target or its node at that moment. */
      readonly expected: boolean;
      /** Roles whose members make this one restart when they are hit, as the platform declares: it is built so. */
      readonly follows?: readonly string[];
    }
  | {
      readonly type: "worker";
      readonly worker: string;
      readonly edge: "joined" | "lost" | "left";
      readonly lastSequence: number;
    }
  /** A span in which one of our own parts could not see or send: "no data", neither up nor down. */
  | {
      readonly type: "gap";
      readonly source: string;
      readonly fromMs: number;
      readonly toMs: number;
      readonly because: string;
    }
  | { readonly type: "control"; readonly command: string; readonly by: string; readonly manual: boolean }
  | { readonly type: "residue"; readonly what: string; readonly where: string }
  | { readonly type: "note"; readonly source: string; readonly says: string; readonly detail?: Json }
  /** The last line: size and hash of what the run had written to each file of evidence; of the timeline, before this line. */
  | { readonly type: "closed"; readonly files: Readonly<Record<string, WrittenFile>> }
);
