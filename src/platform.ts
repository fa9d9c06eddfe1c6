/**
 * A platform is the system under test behind a small port. Abilities are narrow optional capabilities: a fault says which
 * it needs, and a platform that lacks one refuses at `gameday check`. Kinds: lab (embedded, real parts), kubernetes,
 * external, fake (simulated, able to lie; for tests).
 */
import type { Json } from "./std/json.ts";
import type { TimelineEvent, Witness } from "./timeline.ts";

export type { Witness } from "./timeline.ts";

/** One thing that a fault can hit. */
export interface Target {
  /** Unique on the platform: "postgres/n1", "app/n2-1", "node/n3". */
  readonly id: string;
  /** "app", "postgres", "redis", "sentinel", "haproxy", "etcd", "node". */
  readonly role: string;
  /** The node it runs on; for a node, itself. */
  readonly node: string;
  readonly leader: boolean;
  readonly healthy: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** One line of "is it healthy": what was expected and what was seen, whether or not it holds. */
export interface HealthLine {
  readonly name: string;
  readonly ok: boolean;
  readonly expected: string;
  readonly seen: string;
}

/** Something that a run left behind and that restore() could not take away. */
export interface Residue {
  readonly what: string;
  readonly where: string;
}

/** The names of all capabilities; a platform implements those it can. Add, never widen. */
export const CAPABILITIES = [
  "stop",
  "freeze",
  "power",
  "cordon",
  "evict",
  "cut",
  "delay",
  "drop",
  "bandwidth",
  "reset",
  "dns",
  "cpu",
  "memory",
  "disk",
  "clock",
  "restart",
  "command",
] as const;
/** What each may be asked, with its parameters, is said in platform/capability.ts. */
export type CapabilityName = (typeof CAPABILITIES)[number];

/**
 * One change to one target, as it stands in the undo journal: written and fsynced before `apply`, so that anybody can
 * revert it later from this record alone.
 */
export interface Change {
  /** run id / experiment / number: also the name of whatever rule or file the change makes. */
  readonly id: string;
  readonly capability: CapabilityName;
  readonly target: TargetReferenceWithNode;
  readonly parameters: Readonly<Record<string, Json>>;
  /** State before the change, as prior() gave it: a node that was already cordoned stays cordoned. */
  readonly prior: Json;
  /** Milliseconds after apply at which the change must undo itself without us; null for what needs no undoing. */
  readonly expiresAfterMs: number | null;
}

export interface TargetReferenceWithNode {
  readonly id: string;
  readonly role: string;
  readonly node: string;
}

/** An ability to change targets and to see, from inside the target, that the change is there or gone. */
export interface Capability {
  /** State to go back to; read before anything is changed. */
  prior(target: Target, parameters: Readonly<Record<string, Json>>, signal: AbortSignal): Promise<Json>;
  apply(change: Change, signal: AbortSignal): Promise<void>;
  /** The proof that it bit, seen from inside the target; null: not (yet) seen. */
  bitten(change: Change, signal: AbortSignal): Promise<Witness | null>;
  /** Takes the change away. Idempotent, and harmless when it was never applied or its target is gone. */
  revert(change: Change, signal: AbortSignal): Promise<void>;
  /** The proof that the change is gone and the target back in its place; null: not (yet) seen. */
  healed(change: Change, signal: AbortSignal): Promise<Witness | null>;
}

/** Rows of a statement, and the names of their columns in the same order. */
export interface SqlAnswer {
  readonly columns: string[];
  readonly rows: Json[][];
  /** Who answered. */
  readonly source: string;
}

/** How the platform's authority is asked for what it holds: SQL rows or Redis keys. */
export interface Queries {
  /** Runs one read-only statement on the current PostgreSQL leader, directly (not through the proxy). */
  sql(statement: string, parameters: readonly Json[], signal: AbortSignal): Promise<SqlAnswer>;
  /** Runs one Redis command on the master that the Sentinels name, directly. */
  redis?(command: readonly string[], signal: AbortSignal): Promise<{ value: Json; source: string }>;
}

/**
 * A client's place on a node itself, which reaches what is on that node even while it is cut off from everybody else.
 * Disposing ends it.
 */
export interface InsidePlace extends AsyncDisposable {
  readonly node: string;
  /** Base URL, as seen from there, of an app that knows no other stores than those on the node. */
  readonly baseUrl: string;
  /** What to put before an argv so that it runs with the node's network. */
  readonly enter: readonly string[];
}

export interface Platform extends AsyncDisposable {
  readonly kind: string;
  readonly can: Partial<Readonly<Record<CapabilityName, Capability>>>;
  readonly queries?: Queries;
  /** True: it runs on when this process dies, and our faults with it; so a watchdog guards them. */
  readonly outlivesTool?: boolean;
  /** How long it may take to come up, where it says so itself; else a few minutes. */
  readonly upWithinMs?: number;
  /** How long one of its parts may take to be ready again, where it says so itself. */
  readonly readyWithinMs?: number;
  /** Boots it, or attaches to one that runs. Returns when everything is started (not necessarily healthy). */
  prepare(signal: AbortSignal): Promise<void>;
  /** All that must hold before a run or a fault; a line each, in a stable order. */
  health(signal: AbortSignal): Promise<HealthLine[]>;
  /** What there is to hit, now; leaders marked. Stable order. */
  topology(signal: AbortSignal): Promise<Target[]>;
  /** Base URL at which the app is reached by users: "http://127.0.0.1:43211". */
  endpoint(): string;
  /** Reports changes of roles, replicas, unexpected restarts from now on, until the signal. Resolves when it is over. */
  watch(emit: (event: TimelineEvent) => void, signal: AbortSignal): Promise<void>;
  /** Reverts whatever of ours is left, by name, journal or not; returns what could not be taken away. */
  restore(signal: AbortSignal): Promise<Residue[]>;
  /** Copies logs of all targets that fall into [fromMs, toMs] to the folder. */
  collect(folder: string, window: { fromMs: number; toMs: number }, signal: AbortSignal): Promise<void>;
  /** Opens a client's place on a node. Absent: this platform has none. */
  inside?(node: string, signal: AbortSignal): Promise<InsidePlace>;
  /** Leaves: an embedded platform is taken down, an attached one lives on. */
  [Symbol.asyncDispose](): Promise<void>;
}
