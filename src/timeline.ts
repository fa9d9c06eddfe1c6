/**
 * The timeline is a list of events, in the order in which they were recorded, that describe what the tool did and saw. Each event
 * is one line of `timeline.ndjson`. Readers ignore unknown event types; writers never change the meaning of an existing type.
 */
import type { Json } from "./std/json.ts";

/** The phases of a run, in order. The tool prints these names. */
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

/** A witness is an observation with its time and source, which proves that a fault bit or was healed. */
export interface Witness {
  readonly atMs: number;
  readonly says: string;
  /** Where the observation was made: "inside n1: /proc", "sentinel n2". */
  readonly source: string;
}

export interface TargetReference {
  readonly id: string;
  readonly role: string;
  readonly node: string;
}

/**
 * What is known about a kind of fault, as far as a judge needs it. Each kind declares its own (fault/kind/), and the timeline records
 * it with each experiment, so that no reader of evidence needs a list of faults.
 */
export interface FaultTraits {
  /**
   * What stops while the fault holds: nothing as a rule, processes on a machine that lives on with its page cache, or whole machines.
   */
  readonly stops: "nothing" | "processes" | "machines";
  /** True if the fault hits a leader, so that another member is expected to be promoted. */
  readonly takesLeader: boolean;
  /**
   * False: the platform is expected to recover while the fault holds (a leader is elected). True: users may recover only when
   * the fault ends (every packet is late); recovery after our own heal then counts as expected.
   */
  readonly recoversOnlyAfterHeal: boolean;
  /** True if the fault cuts or breaks traffic between nodes, so that one side may go on without the other. Absent: not recorded. */
  readonly severs?: boolean;
}

/**
 * What a note is about, where code acts on it. Most notes have no kind, because they are only for people.
 * "script-error": an iteration of the user's script threw. "run-id": the timeline belongs to the run that `detail.runId` names.
 */
export const NOTE_KINDS = ["script-error", "run-id"] as const;
export type NoteKind = (typeof NOTE_KINDS)[number];

/** The size of a file's content in bytes, and its SHA-256 in hexadecimal. */
export interface WrittenFile {
  readonly bytes: number;
  readonly sha256: string;
}

export type HealedBy = "platform" | "gameday" | "nobody";

export type TimelineEvent = { readonly atMs: number } & (
  | { readonly type: "phase"; readonly phase: Phase; readonly edge: "begin" | "end" }
  /** One result of the health checks before the first fault, and before and after every fault (as in etcd's robustness tests). */
  | {
      readonly type: "health";
      readonly moment: "before-run" | "before-fault" | "after-fault" | "after-run";
      readonly experiment?: string;
      /** Which check it is, whatever its name for people (HealthLine.id); since version 3. */
      readonly id?: string;
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
      /** On "begin": other targets on the nodes that are hit, which may therefore go down or restart with those nodes. */
      readonly standing?: readonly TargetReference[];
      /** On "begin", since version 3: what is known about the kind of fault. */
      readonly traits?: FaultTraits;
      /** True on "begin" if a person injected it while the run went on; `holdMs` is then how long it will be held. */
      readonly byHand?: true;
      readonly holdMs?: number;
      readonly because?: string;
    }
  /** The four stamps of a fault, or the fact that a bite or a healing was not observed. */
  | {
      readonly type: "fault";
      readonly experiment: string;
      readonly edge: "commanded" | "bit" | "not-bitten" | "heal-commanded" | "healed" | "not-healed";
      readonly target: string;
      /** The capability that changes the target, where one fault makes several changes to it. */
      readonly capability?: string;
      readonly witness?: Witness;
      readonly because?: string;
    }
  /** Whether a way in to the app answers, and the app itself where it is asked from inside the platform; only changes are recorded. */
  | {
      readonly type: "entry";
      readonly place: "outside" | "inside";
      /** The base URL that was asked. The plan's endpoint is one of those outside. */
      readonly entry: string;
      /** null: it could not be asked. */
      readonly answers: boolean | null;
      readonly because?: string;
    }
  | { readonly type: "role"; readonly role: string; readonly target: string; readonly is: string; readonly was: string }
  | {
      readonly type: "replicas";
      readonly current: number;
      readonly ready: number;
      readonly desired: number;
      /** What the autoscaler saw, enough to recompute `desired`: samples, and conditions with their autoscaling/v2 names. */
      readonly detail?: Json;
    }
  | {
      readonly type: "restart";
      readonly target: string;
      /** The node that the target runs on, if the platform knows it. */
      readonly node?: string;
      readonly reason: string;
      /** True if the platform itself knows that one of our changes affected the target or its node at that moment. */
      readonly expected: boolean;
      /** The roles whose members, when hit, make this target restart by design, as the platform declares. */
      readonly follows?: readonly string[];
    }
  | {
      readonly type: "worker";
      readonly worker: string;
      readonly edge: "joined" | "lost" | "left";
      readonly lastSequence: number;
    }
  /** A span in which one of the tool's own parts could not observe or send. It means "no data", neither up nor down. */
  | {
      readonly type: "gap";
      readonly source: string;
      readonly fromMs: number;
      readonly toMs: number;
      readonly because: string;
    }
  | {
      readonly type: "control";
      readonly command: string;
      /** The person or the part that gave the command, in words for people. */
      readonly by: string;
      /** The stop condition that held, by its name; since version 3. Absent: none did. */
      readonly condition?: string;
      readonly manual: boolean;
      /** What the command set: the users that the load was changed to, what a mark says. */
      readonly detail?: Json;
    }
  | { readonly type: "residue"; readonly what: string; readonly where: string }
  | {
      readonly type: "note";
      readonly source: string;
      readonly says: string;
      /** Since version 3. */
      readonly kind?: NoteKind;
      readonly detail?: Json;
    }
  /** The last line: the size and hash of each evidence file as the run wrote it (of the timeline, up to this line). */
  | { readonly type: "closed"; readonly files: Readonly<Record<string, WrittenFile>> }
);
