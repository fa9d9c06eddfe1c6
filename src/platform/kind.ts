/** A kind of platform as the catalogue knows it: what a plan may say of it, and how it is made. */
import type { z } from "zod";
import type { Watched } from "../objective/measure.ts";
import type { Plan } from "../plan.ts";
import type { CapabilityName, HealthLine, Platform, Target } from "../platform.ts";
import type { Clock } from "../std/clock.ts";

export interface PlatformContext {
  readonly runId: string;
  readonly clock: Clock;
  /** Folder that the plan's paths are relative to. */
  readonly planFolder: string;
  /** Where the tool keeps what must outlive a run: journals, sockets, locks. */
  readonly stateFolder: string;
  /** Where logs of all processes go while the run lasts. */
  readonly logFolder: string;
}

/** How long a leader must be away before the platform acts. */
export interface Noticing {
  readonly afterMs: number;
  /** By which setting: "Patroni's ttl". */
  readonly says: string;
}

export interface GivenCommand {
  readonly at: readonly PropertyKey[];
  readonly argv: readonly string[];
  readonly folder?: string;
  readonly path?: string;
}

export interface PlatformKind {
  readonly name: string;
  /** Schema of the plan's `platform` section, `kind` included. */
  readonly schema: z.ZodType;
  /** What its targets can be made to suffer, without making one. */
  readonly capabilities: readonly CapabilityName[];
  /** Only one run of this kind at a time on a machine. */
  readonly exclusive: boolean;
  /** What its watch tells of beside roles; a measure that is read from anything else is refused for it. */
  readonly tells: readonly Watched[];
  create(config: Plan["platform"], context: PlatformContext): Promise<Platform>;
  /** Whether clients can stand on its nodes (Platform.inside); absent: they cannot. */
  readonly inside?: boolean;
  /** The targets as they will be, for `gameday check`; leaders are as after a fresh start. */
  plannedTopology(config: Plan["platform"]): readonly Target[];
  /**
   * Asks a platform that is there already how it is, for `gameday check`, and changes nothing: a line for each thing that a run with
   * these capabilities relies on, and the targets as they are. Absent: there is nothing to ask before a run.
   */
  survey?(
    config: Plan["platform"],
    capabilities: readonly CapabilityName[],
    signal: AbortSignal,
  ): Promise<{ readonly lines: readonly HealthLine[]; readonly topology: readonly Target[] }>;
  /** The commands that it will run, for `gameday check`; argv each. */
  plannedCommands(config: Plan["platform"]): readonly (readonly string[])[];
  /** Those of them that the plan gives itself, and where they stand in the section; with another folder or PATH than the tool's. */
  givenCommands?(config: Plan["platform"]): readonly GivenCommand[];
  /** Why no SQL can be asked of it, for a claim whose ledger is SQL; null: it can. Absent: it can. */
  whyNoSql?(config: Plan["platform"]): string | null;
  /** By role, when a missing leader is noticed, for `gameday check`'s warnings; absent: it is not known. */
  noticedAfter?(config: Plan["platform"]): Readonly<Record<string, Noticing>>;
  /** Reaches one that still runs, only to undo; null when it is gone, and all that was done to it with it. */
  attach?(config: Plan["platform"], context: PlatformContext): Promise<Platform | null>;
}
