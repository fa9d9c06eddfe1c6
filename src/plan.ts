/**
 * A plan says what to run: platform, load, probes, experiments, claims, objectives, seed. YAML for people; this is the
 * resolved form: all defaults filled in, all durations in milliseconds, all paths absolute.
 */
import type { Claim } from "./checker.ts";
import type { Bound } from "./range.ts";
import type { Hosts } from "./std/hosts.ts";
import type { Json } from "./std/json.ts";

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

/** The most that one fault may hit at a time; checked on the resolved targets of each round. */
export interface BlastRadius {
  readonly targetsMax?: number;
  /** Of all targets of a role, in percent; one target is always allowed. */
  readonly percentMax?: number;
}

export interface ExperimentPlan {
  readonly name: string;
  readonly fault: string;
  readonly selector: Selector;
  readonly parameters: Readonly<Record<string, Json>>;
  /** How long the fault is held. */
  readonly holdMs: number;
  /** The most that it may hit at a time, where the plan says it; what is left out keeps the default (fault/selector.ts). */
  readonly blastRadius?: BlastRadius;
  /** Number of the group (`together`) that it is injected with at the same moment; absent: it stands by itself. */
  readonly together?: number;
  /** Upper end of the recovery of users' writes that is still watched for; beyond it the run stops (stop condition). */
  readonly recoverWithinMs: number;
  /** Calm between "recovered and healthy" and the next experiment. */
  readonly settleMs: number;
  /**
   * Module of probes that beat on the targets' own nodes while the experiment lasts, as clients on the minority's side of a
   * partition do: they write there only, and what they were told is looked for in the ledger like everything else.
   * Absent: none.
   */
  readonly insideProbes?: string;
}

/** Where in an item what we look for is: paths (std/json-path.ts) in an answer's item, names of columns in SQL. */
export interface LedgerFields {
  readonly id?: string;
  readonly count?: string;
  readonly value?: string;
  /** The stored row's own identity. */
  readonly row?: string;
}

/** How the answers of a ledger that one cannot change are read: JSON paths into each page. */
export interface LedgerMapping {
  readonly items: string;
  /** What leads to the next page: a URL, or the cursor. */
  readonly next?: string;
  /** Whether there is another page, where `next` alone does not tell. */
  readonly more?: string;
  /** How many items all pages have; held against those that were shown. */
  readonly total?: string;
}

export interface HttpLedger {
  readonly kind: "http";
  /** Below the endpoint; {run} stands for the run's id. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Asked for as `limit`. */
  readonly pageSize?: number;
  /** Name of the parameter by which the next page is asked for; default "cursor". */
  readonly cursor?: string;
  /** Absent: the answers are as docs/guide/plan.md asks for. */
  readonly mapping?: LedgerMapping;
  readonly fields?: LedgerFields;
}

export interface SqlLedger {
  readonly kind: "sql";
  /** $1 is the run's id. */
  readonly statement: string;
  readonly fields?: LedgerFields;
}

/** How one object's ledger is read: over HTTP from the app's audit, by SQL from the leader, or not at all. */
export type LedgerSource = HttpLedger | SqlLedger | { readonly kind: "none" };

/** Calls of the app by the run itself. */
export interface AskPlan {
  readonly headers?: Readonly<Record<string, string>>;
  /** Of one call; default 2 min. */
  readonly timeoutMs?: number;
  /** Of all calls together; default 10 min for the ledger, 5 min for the clean-up. */
  readonly withinMs?: number;
}

export interface LedgerPlan extends AskPlan {
  readonly quietMs: number;
  readonly betweenReadsMs: number;
}

export interface CleanUpPlan extends AskPlan {
  readonly kind: "http";
  readonly method: string;
  readonly path: string;
}

export interface ClaimPlan extends Claim {
  readonly source: LedgerSource;
}

export interface LoadPlan {
  /** Scenario modules with weights. */
  readonly scenarios: readonly { readonly file: string; readonly weight: number | null }[];
  /** k6's executor names; stages for ramping ones. */
  readonly executor: string;
  readonly stages: readonly { readonly durationMs: number; readonly target: number }[];
  readonly workers: number;
  readonly gracefulStopMs: number;
  readonly env: Readonly<Record<string, string>>;
  readonly thresholds: Readonly<Record<string, readonly string[]>>;
  /** Users or arrivals a second at the very start of a ramping executor; default 0. */
  readonly startTarget?: number;
  /** constant executors: the load stays at least so long once it is there, and until the experiments are over. */
  readonly holdMs?: number;
  /** per-vu-iterations: of each user; shared-iterations: of all together. The first stage gives the users. */
  readonly iterations?: number;
  /** The load ends when they are done, or then. */
  readonly iterationsWithinMs?: number;
  /** Open models: users that are started before the first arrival. */
  readonly usersReady?: number;
  /** Open models: users that may exist at once in the whole run; arrivals beyond are dropped. */
  readonly usersMax?: number;
  /** Open models: no arrival is due from then on; default: the last stage is held until the load is stopped. */
  readonly arrivalsEndMs?: number;
  readonly client?: ClientPlan;
}

/** URLs of HTTP proxies for http:// and https://, perhaps with user and password, and NO_PROXY's list of exceptions. */
export interface ProxyPlan {
  readonly http?: string;
  readonly https?: string;
  readonly except?: string;
}

/** How users' connections behave; what is left out has the engine's default. */
export interface ClientPlan {
  /** From the call to the whole answer; default 10 s. */
  readonly timeoutMs?: number;
  /** Opening a connection, TLS included; default 3 s. */
  readonly connectTimeoutMs?: number;
  readonly redirectsMax?: number;
  /** Users' http speaks HTTP/2: ALPN over TLS, prior knowledge without. */
  readonly http2?: boolean;
  /** Of an answer's body, for the script to read; what is beyond is counted and not kept. Default 16 MiB. */
  readonly bodyBytesMax?: number;
  /** Addresses by "name" or "name:port"; the system is not asked for these. */
  readonly hosts?: Hosts;
  /** Only addresses of this family of IP are used. */
  readonly family?: 4 | 6;
  readonly proxy?: ProxyPlan;
  /** PEM texts; `insecure` accepts any certificate of the server. */
  readonly tls?: {
    readonly ca?: string;
    readonly certificate?: string;
    readonly key?: string;
    readonly serverName?: string;
    readonly insecure?: boolean;
  };
}

/** Watch until so many replicas are ready, or the time is up; the objectives judge what was seen. */
export interface ScalingWait {
  readonly replicas: number;
  readonly withinMs: number;
}

/** What a plan may say under `stopWhen`, resolved; null: switched off. */
export interface StopPlan {
  /** No class of users may be without one success for longer. */
  readonly notRecoveredMs: number | null;
  /** PostgreSQL's synchronous standby may not be missing for longer: the next leader's death would find no successor. */
  readonly syncStandbyMissingMs: number | null;
  readonly errorRate: { readonly above: number; readonly forMs: number } | null;
  readonly latency: { readonly p95AboveMs: number; readonly forMs: number } | null;
  readonly probes: readonly StopProbe[];
}

/** A question of the plan's own, asked every `everyMs`: its answer must not be bad for longer than `forMs`. */
export type StopProbe = { readonly name: string; readonly everyMs: number; readonly forMs: number } & (
  | { readonly argv: readonly string[] }
  | { readonly url: string }
);

/** On unless a plan switches them off. */
export const DEFAULT_STOP_PLAN: StopPlan = {
  notRecoveredMs: 300_000,
  syncStandbyMissingMs: 120_000,
  errorRate: null,
  latency: null,
  probes: [],
};

export interface Objective {
  readonly id: string;
  /** Plain words for people: "users' writes recover within 30 s of the database leader's death". */
  readonly says: string;
  /** Name of the measure: "recovery-seconds", "http_req_duration-p95-ms", "lost-writes" ... */
  readonly measure: string;
  readonly bound: Bound;
  /** What it is measured over: nothing (the whole run), a window, an experiment, a probe class, a metric's tags. */
  readonly over: Readonly<Record<string, string>>;
}

/** Beats a second of every probe stream, or of those of the classes that it names; the others beat as their module says. */
export type ProbeRate = number | Readonly<Record<string, number>>;

export interface Plan {
  readonly version: 1;
  readonly name: string;
  readonly seed: string | null;
  readonly platform: { readonly kind: string } & Readonly<Record<string, Json>>;
  readonly load: LoadPlan;
  readonly probes: { readonly file: string; readonly rate?: ProbeRate } | null;
  /** Steady load before the first experiment, and after the last, before the load ends. */
  readonly warmUpMs: number;
  readonly calmMs: number;
  /** The users stay at full load at least so long: the calm after the last experiment lasts until then. Absent: no longer. */
  readonly plateauMs?: number;
  /** Where the platform scales by itself: what is waited for before the experiments, and after the load has ended. */
  readonly autoscaling: { readonly up: ScalingWait; readonly down: ScalingWait } | null;
  readonly experiments: readonly ExperimentPlan[];
  /** What ends the run early, healed and judged. */
  readonly stopWhen: StopPlan;
  readonly claims: readonly ClaimPlan[];
  readonly ledger: LedgerPlan;
  readonly cleanUp: CleanUpPlan | null;
  readonly objectives: readonly Objective[];
}
