/** A kind of platform as the catalogue knows it: what a plan may state about it, and how it is created. */
import type { z } from "zod";
import type { Watched } from "../objective/measure.ts";
import type { Plan } from "../plan.ts";
import type { CapabilityName, CheckedLine, Platform, Target } from "../platform.ts";
import type { Clock } from "../std/clock.ts";

export interface PlatformContext {
  readonly runId: string;
  readonly clock: Clock;
  /** The folder that the plan's paths are relative to. */
  readonly planFolder: string;
  /** Where the tool keeps what must outlive a run: journals, sockets, locks. */
  readonly stateFolder: string;
  /** Where the logs of all processes go during the run. */
  readonly logFolder: string;
}

/** How long a leader must be missing before the platform acts. */
export interface Noticing {
  readonly afterMs: number;
  /** The setting that decides this: "Patroni's ttl". */
  readonly says: string;
}

export interface GivenCommand {
  readonly at: readonly PropertyKey[];
  readonly argv: readonly string[];
  readonly folder?: string;
  readonly path?: string;
}

/** What a plan needs of a platform. */
export interface PlanNeeds {
  readonly capabilities: readonly CapabilityName[];
  /** The namespace in which the load's workers are pods; null when they are not, or when the cluster's context decides it. */
  readonly loadNamespace?: string | null;
  /** The most replicas that the plan waits for. */
  readonly replicasUp?: number;
  /** The shortest time within which users have to be served again after the loss of the database leader, in seconds. */
  readonly leaderBackSeconds?: number;
}

export interface PlatformKind {
  readonly name: string;
  /** The schema of the plan's `platform` section, `kind` included. */
  readonly schema: z.ZodType;
  /** The capabilities of its targets, known without creating a platform. */
  readonly capabilities: readonly CapabilityName[];
  /** Only one run of this kind may be active on a machine at a time. */
  readonly exclusive: boolean;
  /** What its watch reports besides roles. A measure that is read from anything else is refused for this kind. */
  readonly tells: readonly Watched[];
  create(config: Plan["platform"], context: PlatformContext): Promise<Platform>;
  /** Whether clients can be placed on its nodes (Platform.inside); absent when they cannot. */
  readonly inside?: boolean;
  /** Returns the targets as they will be, for `gameday check`; leaders are those after a fresh start. */
  plannedTopology(config: Plan["platform"]): readonly Target[];
  /**
   * Checks the state of a platform that already exists, for `gameday check`, and changes nothing. Returns one line for each thing
   * that a run with these needs relies on, and the targets as they are. Absent when nothing can be checked before a run.
   */
  survey?(
    config: Plan["platform"],
    needs: PlanNeeds,
    signal: AbortSignal,
  ): Promise<{ readonly lines: readonly CheckedLine[]; readonly topology: readonly Target[] }>;
  /** Returns the commands that the platform will run, for `gameday check`, each as an argv. */
  plannedCommands(config: Plan["platform"]): readonly (readonly string[])[];
  /**
   * Returns those commands that the plan itself gives, and where each stands in the section, with its folder or PATH where these
   * differ from the tool's.
   */
  givenCommands?(config: Plan["platform"]): readonly GivenCommand[];
  /** Explains why the platform cannot run SQL, for a claim whose ledger is SQL; null when it can. Absent: it can. */
  whyNoSql?(config: Plan["platform"]): string | null;
  /**
   * Returns, by role, how long it takes until a missing leader is noticed, for the warnings of `gameday check`. Absent when this
   * is not known.
   */
  noticedAfter?(config: Plan["platform"]): Readonly<Record<string, Noticing>>;
  /**
   * Attaches to a platform that is still running, only to undo changes; returns null when the platform is gone together with all
   * changes to it.
   */
  attach?(config: Plan["platform"], context: PlatformContext): Promise<Platform | null>;
}
