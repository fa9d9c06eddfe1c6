/**
 * A platform is the system under test behind a small port. Its abilities are narrow optional capabilities: a fault names the
 * capabilities that it needs, and `gameday check` refuses a fault on a platform that lacks one. Kinds: lab (embedded, real
 * parts), kubernetes, external, and fake (simulated, able to lie; for tests).
 */
import type { CapabilityName, CapabilityParameters } from "./platform/capability.ts";
import type { Json } from "./std/json.ts";
import type { TimelineEvent, Witness } from "./timeline.ts";

export type { CapabilityName } from "./platform/capability.ts";
export type { Witness } from "./timeline.ts";

/** One thing that a fault can hit. */
export interface Target {
  /** Unique on the platform: "postgres/n1", "app/n2-1", "node/n3". */
  readonly id: string;
  /** "app", "postgres", "redis", "sentinel", "haproxy", "etcd", "node". */
  readonly role: string;
  /** The node that the target runs on; for a node, the node itself. */
  readonly node: string;
  readonly leader: boolean;
  readonly healthy: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** The id of the check that PostgreSQL has a synchronous standby; a stop condition acts on it. */
export const SYNC_STANDBY = "sync-standby/postgres";

/** One line of a check: what was expected and what was seen, whether it holds or not. */
export interface CheckedLine {
  readonly name: string;
  readonly ok: boolean;
  readonly expected: string;
  readonly seen: string;
}

/** One line of a health check. */
export interface HealthLine extends CheckedLine {
  /**
   * Which check it is, in kebab-case, with what it is about after a slash: "nodes", "members/redis". It is unique among the lines
   * of a look, and code that acts on a check knows it by this; names are for people.
   */
  readonly id: string;
}

/** Something that a run left behind and that restore() could not remove. */
export interface Residue {
  readonly what: string;
  readonly where: string;
}

/** The parameters of a named capability; of any capability, where the name is not known before the run, a record of JSON. */
export type ParametersOf<Name extends CapabilityName> = CapabilityName extends Name
  ? Readonly<Record<string, Json>>
  : CapabilityParameters<Name>;

/**
 * One change to one target, as the undo journal records it. It is written and fsynced before `apply`, so that anyone can revert
 * it later from this record alone.
 */
export interface ChangeWith<Parameters> {
  /** Run id / experiment / number. It also names every rule or file that the change makes. */
  readonly id: string;
  readonly capability: CapabilityName;
  readonly target: TargetReferenceWithNode;
  readonly parameters: Parameters;
  /** The state before the change, as prior() returned it: a node that was already cordoned stays cordoned. */
  readonly prior: Json;
  /** Milliseconds after apply at which the change must undo itself without the tool; null for a change that needs no undoing. */
  readonly expiresAfterMs: number | null;
}

/** A change of the named capability, with its parameters. */
export type Change<Name extends CapabilityName = CapabilityName> = ChangeWith<ParametersOf<Name>>;

export interface TargetReferenceWithNode {
  readonly id: string;
  readonly role: string;
  readonly node: string;
}

/** An ability to change targets and to see, from inside the target, that the change is present or gone. */
export interface CapabilityWith<Parameters> {
  /** Reads the state to return to, before anything is changed. */
  prior(target: Target, parameters: Parameters, signal: AbortSignal): Promise<Json>;
  apply(change: ChangeWith<Parameters>, signal: AbortSignal): Promise<void>;
  /** Returns the proof, seen from inside the target, that the change bit; null when it has not been seen (yet). */
  bitten(change: ChangeWith<Parameters>, signal: AbortSignal): Promise<Witness | null>;
  /** Removes the change. Idempotent, and harmless when the change was never applied or its target is gone. */
  revert(change: ChangeWith<Parameters>, signal: AbortSignal): Promise<void>;
  /** Returns the proof that the change is gone and the target is back in its place; null when it has not been seen (yet). */
  healed(change: ChangeWith<Parameters>, signal: AbortSignal): Promise<Witness | null>;
}

/** The named capability, with the parameters of its changes. */
export type Capability<Name extends CapabilityName = CapabilityName> = CapabilityWith<ParametersOf<Name>>;

/** What a platform can do, by capability. */
export type Capabilities = { readonly [Name in CapabilityName]?: Capability<Name> };

/** The rows that a statement returned, and the names of their columns in the same order. */
export interface SqlAnswer {
  readonly columns: string[];
  readonly rows: Json[][];
  /** The server that answered. */
  readonly source: string;
}

/** Queries to the platform's authority about what it holds: SQL rows or Redis keys. */
export interface Queries {
  /** Runs one read-only statement on the current PostgreSQL leader, directly (not through the proxy). */
  sql(statement: string, parameters: readonly Json[], signal: AbortSignal): Promise<SqlAnswer>;
  /** Runs one Redis command directly on the master that the Sentinels name. */
  redis?(command: readonly string[], signal: AbortSignal): Promise<{ value: Json; source: string }>;
}

/**
 * A client's place on a node itself, which reaches whatever is on that node even while the node is cut off from all others.
 * Disposing it closes the place.
 */
export interface InsidePlace extends AsyncDisposable {
  readonly node: string;
  /** The base URL, as seen from the node, of an app that knows no stores other than those on the node. */
  readonly baseUrl: string;
  /** The words to put before an argv so that it runs in the node's network. */
  readonly enter: readonly string[];
}

export interface Platform extends AsyncDisposable {
  readonly kind: string;
  readonly can: Capabilities;
  readonly queries?: Queries;
  /**
   * True when the platform keeps running after this process dies, and our faults with it. A watchdog then guards those faults.
   */
  readonly outlivesTool?: boolean;
  /** How long the platform may take to come up, where it defines this itself; otherwise a few minutes. */
  readonly upWithinMs?: number;
  /** How long one of its parts may take to become ready again, where the platform defines this itself. */
  readonly readyWithinMs?: number;
  /** Boots the platform, or attaches to one that is running. Returns when everything has started (not necessarily healthy). */
  prepare(signal: AbortSignal): Promise<void>;
  /** Checks everything that must hold before a run or a fault; returns one line for each check, in a stable order. */
  health(signal: AbortSignal): Promise<HealthLine[]>;
  /** Returns the current targets in a stable order, with leaders marked. */
  topology(signal: AbortSignal): Promise<Target[]>;
  /** Returns the base URL at which users reach the app: "http://127.0.0.1:43211". */
  endpoint(): string;
  /**
   * Reports changes of roles and replicas, and unexpected restarts, from now until the signal aborts. Resolves when watching has
   * ended.
   */
  watch(emit: (event: TimelineEvent) => void, signal: AbortSignal): Promise<void>;
  /**
   * Reverts all that is left of our changes, finding it by name whether the journal has it or not. Returns what could not be
   * removed.
   */
  restore(signal: AbortSignal): Promise<Residue[]>;
  /** Copies the logs of all targets that fall into [fromMs, toMs] to the folder. */
  collect(folder: string, window: { fromMs: number; toMs: number }, signal: AbortSignal): Promise<void>;
  /** Opens a client's place on a node. Absent when the platform offers none. */
  inside?(node: string, signal: AbortSignal): Promise<InsidePlace>;
  /** Leaves the platform: an embedded platform is shut down, an attached one keeps running. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Returns a capability without the types of its parameters, for code that treats all capabilities alike. */
export function capabilityOf({ can }: Pick<Platform, "can">, name: CapabilityName): Capability | undefined {
  return can[name];
}
