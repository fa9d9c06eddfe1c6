/**
 * A plan defines what to run: platform, load, probes, experiments, claims, objectives, seed. People write it in YAML. This is
 * the resolved form: all defaults are filled in, all durations are in milliseconds, all paths are absolute.
 */
import type { Claim } from "./checker.ts";
import type { Bound } from "./range.ts";
import type { Hosts } from "./std/hosts.ts";
import type { Json } from "./std/json.ts";

/**
 * The conditions by which targets are selected. All given conditions must hold; `count` (or `percent`) of the matching targets
 * are then chosen by seed.
 */
export interface Selector {
  readonly role?: string;
  readonly leader?: boolean;
  readonly node?: string;
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly count?: number;
  readonly percent?: number;
}

/** The most that one fault may hit at a time; checked against the resolved targets of each round. */
export interface BlastRadius {
  readonly targetsMax?: number;
  /** The share of all targets of a role, in percent; one target is always allowed. */
  readonly percentMax?: number;
}

export interface ExperimentPlan {
  readonly name: string;
  readonly fault: string;
  readonly selector: Selector;
  readonly parameters: Readonly<Record<string, Json>>;
  /** How long the fault is held. */
  readonly holdMs: number;
  /**
   * The most targets that the fault may hit at a time, if the plan limits it; limits that are left out keep their default
   * (fault/selector.ts).
   */
  readonly blastRadius?: BlastRadius;
  /** The number of the group (`together`) whose faults are injected at the same moment; absent: the fault is injected alone. */
  readonly together?: number;
  /** The longest recovery of users' writes that is still waited for; beyond it the run stops (stop condition). */
  readonly recoverWithinMs: number;
  /** How long the platform rests between "recovered and healthy" and the next experiment. */
  readonly settleMs: number;
  /**
   * A module of probes that beat on the targets' own nodes during the experiment, as clients on the minority side of a
   * partition do. They write only there, and what was acknowledged to them is looked up in the ledger like every other write.
   * Absent: none.
   */
  readonly insideProbes?: string;
}

/** Where an item's fields are found: JSON paths (std/json-path.ts) in an HTTP answer's item, or names of columns in SQL. */
export interface LedgerFields {
  readonly id?: string;
  readonly count?: string;
  readonly value?: string;
  /** The identity of the stored row itself. */
  readonly row?: string;
}

/** How to read the answers of a ledger API that cannot be changed: JSON paths into each page. */
export interface LedgerMapping {
  readonly items: string;
  /** What leads to the next page: a URL or a cursor. */
  readonly next?: string;
  /** Whether another page exists, if `next` alone does not show that. */
  readonly more?: string;
  /** The number of items on all pages; it is compared with the number of items that were read. */
  readonly total?: string;
}

export interface HttpLedger {
  readonly kind: "http";
  /** The path below the endpoint; {run} stands for the run's id. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as the parameter `limit`. */
  readonly pageSize?: number;
  /** The name of the parameter that requests the next page; the default is "cursor". */
  readonly cursor?: string;
  /** Absent: the answers have the form that docs/guide/plan.md requires. */
  readonly mapping?: LedgerMapping;
  readonly fields?: LedgerFields;
}

export interface SqlLedger {
  readonly kind: "sql";
  /** The SQL statement; $1 is the run's id. */
  readonly statement: string;
  readonly fields?: LedgerFields;
}

/** How one object's ledger is read: over HTTP from the app's audit, by SQL from the leader, or not at all. */
export type LedgerSource = HttpLedger | SqlLedger | { readonly kind: "none" };

/** Limits and headers of the run's own calls to the app. */
export interface AskPlan {
  readonly headers?: Readonly<Record<string, string>>;
  /** The timeout of one call; the default is 2 min. */
  readonly timeoutMs?: number;
  /** The deadline for all calls together; the default is 10 min for the ledger and 5 min for the clean-up. */
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
  /** Scenario modules with their weights. */
  readonly scenarios: readonly { readonly file: string; readonly weight: number | null }[];
  /** The name of a k6 executor; ramping executors have several stages. */
  readonly executor: string;
  readonly stages: readonly { readonly durationMs: number; readonly target: number }[];
  readonly workers: number;
  readonly gracefulStopMs: number;
  readonly env: Readonly<Record<string, string>>;
  readonly thresholds: Readonly<Record<string, readonly string[]>>;
  /** The users, or the arrivals a second, at the very start of a ramping executor; the default is 0. */
  readonly startTarget?: number;
  /** Constant executors: once the load is complete, it lasts at least this long, and until the experiments are over. */
  readonly holdMs?: number;
  /**
   * per-vu-iterations: the iterations of each user; shared-iterations: those of all users together. The first stage gives the
   * number of users.
   */
  readonly iterations?: number;
  /** The load ends when all iterations are done, or at the latest after this time. */
  readonly iterationsWithinMs?: number;
  /** Open models: users that are started before the first arrival. */
  readonly usersReady?: number;
  /** Open models: the most users that may exist at once in the whole run; arrivals beyond that are dropped. */
  readonly usersMax?: number;
  /** Open models: no arrival is due from this time on; by default the last stage is held until the load is stopped. */
  readonly arrivalsEndMs?: number;
  readonly client?: ClientPlan;
  /** Absent: the workers are processes of this machine. */
  readonly pods?: PodsPlan;
}

/** Workers that are pods of a Job in a cluster. Whatever is left out is taken from a platform on Kubernetes. */
export interface PodsPlan {
  /** An image with `gameday` on its PATH. */
  readonly image?: string;
  readonly context?: string;
  readonly namespace?: string;
  /** Where pods reach this machine: "10.0.0.5:7070"; by default the address from which this machine reaches the cluster's nodes. */
  readonly advertise?: string;
  /** Requests and limits of each pod, in Kubernetes' notation. */
  readonly cpu: string;
  readonly memory: string;
}

/** URLs of HTTP proxies for http:// and https://, optionally with user and password, and exceptions in the format of NO_PROXY. */
export interface ProxyPlan {
  readonly http?: string;
  readonly https?: string;
  readonly except?: string;
}

/** How users' connections behave; whatever is left out has the engine's default. */
export interface ClientPlan {
  /** The time from the call to the complete answer; the default is 10 s. */
  readonly timeoutMs?: number;
  /** The time for opening a connection, TLS included; the default is 3 s. */
  readonly connectTimeoutMs?: number;
  readonly redirectsMax?: number;
  /** Users' `http` uses HTTP/2: ALPN over TLS, prior knowledge without TLS. */
  readonly http2?: boolean;
  /**
   * The largest body of an answer that is kept for the script to read; a larger one is counted and not kept. The default is 16
   * MiB.
   */
  readonly bodyBytesMax?: number;
  /** Addresses by "name" or "name:port"; these names are not looked up in the system. */
  readonly hosts?: Hosts;
  /** Only addresses of this IP family are used. */
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

/** A wait until this many replicas are ready or the time is up; the objectives judge what was observed. */
export interface ScalingWait {
  readonly replicas: number;
  readonly withinMs: number;
}

/** The name of the stop condition of users without a success; the judge knows it by this name. */
export const NOT_RECOVERED = "not-recovered";

/** What a plan may give under `stopWhen`, resolved; null: switched off. */
export interface StopPlan {
  /** The longest time that any class of users may be without a success. */
  readonly notRecoveredMs: number | null;
  /**
   * The longest time that PostgreSQL's synchronous standby may be missing: if the next leader died then, it would have no
   * successor.
   */
  readonly syncStandbyMissingMs: number | null;
  readonly errorRate: { readonly above: number; readonly forMs: number } | null;
  readonly latency: { readonly p95AboveMs: number; readonly forMs: number } | null;
  readonly probes: readonly StopProbe[];
}

/** A check that the plan defines itself, made every `everyMs`; the run stops if it fails for longer than `forMs`. */
export type StopProbe = { readonly name: string; readonly everyMs: number; readonly forMs: number } & (
  | { readonly argv: readonly string[] }
  | { readonly url: string }
);

/** The conditions that are on unless a plan switches them off. */
export const DEFAULT_STOP_PLAN: StopPlan = {
  notRecoveredMs: 300_000,
  syncStandbyMissingMs: 120_000,
  errorRate: null,
  latency: null,
  probes: [],
};

export interface Objective {
  readonly id: string;
  /** A description in plain words for people: "users' writes recover within 30 s of the database leader's death". */
  readonly says: string;
  /** The name of the measure: "recovery-seconds", "http_req_duration-p95-ms", "lost-writes" ... */
  readonly measure: string;
  readonly bound: Bound;
  /** What it is measured over: nothing (the whole run), a window, an experiment, a probe class, a metric's tags. */
  readonly over: Readonly<Record<string, string>>;
}

/**
 * Beats a second of every probe stream, or of the streams of the named classes; the other streams beat at the rate of their
 * module.
 */
export type ProbeRate = number | Readonly<Record<string, number>>;

export interface Plan {
  readonly version: 1;
  readonly name: string;
  readonly seed: string | null;
  readonly platform: { readonly kind: string } & Readonly<Record<string, Json>>;
  readonly load: LoadPlan;
  readonly probes: { readonly file: string; readonly rate?: ProbeRate } | null;
  /** How long the load is steady before the first experiment, and after the last one before the load ends. */
  readonly warmUpMs: number;
  readonly calmMs: number;
  /**
   * The shortest time for which the users stay at full load; the calm after the last experiment is extended accordingly.
   * Absent: no minimum.
   */
  readonly plateauMs?: number;
  /** Where the platform scales by itself: what is waited for before the experiments, and after the load has ended. */
  readonly autoscaling: { readonly up: ScalingWait; readonly down: ScalingWait } | null;
  readonly experiments: readonly ExperimentPlan[];
  /** The conditions that end the run early; the run is then healed and judged. */
  readonly stopWhen: StopPlan;
  readonly claims: readonly ClaimPlan[];
  readonly ledger: LedgerPlan;
  readonly cleanUp: CleanUpPlan | null;
  readonly objectives: readonly Objective[];
}
