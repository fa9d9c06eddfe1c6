/** The messages between the process of the probes and its parent. */
import type { Operation } from "../../history.ts";
import type { ProbeRate } from "../../plan.ts";
import type { ErrorText } from "../wire/error-text.ts";

export interface ProbeJob {
  readonly file: string;
  readonly rate?: ProbeRate;
  readonly baseUrl: string;
  readonly runId: string;
  readonly seed: string;
  readonly originNs: string;
  /** Prefix of the names and ids of all operations: "probe", or another prefix for clients that do not observe outages. */
  readonly name: string;
  /** Whether the samples are evidence of outages; those of clients on a node itself are not. */
  readonly tellsOutages: boolean;
  /** How often the process was started again; it keeps sequence numbers from repeating. */
  readonly generation: number;
}

/** How one stream of beats is doing. */
export interface StreamLive {
  readonly class: string;
  readonly connection: "kept" | "fresh";
  readonly beats: number;
  readonly ok: number;
  readonly failed: number;
  /** When the first failed beat since the last success was sent; null while beats succeed. */
  readonly failingSinceMs: number | null;
  /** Why the last beat failed; null when it did not. */
  readonly because: string | null;
}

export type ToProbes = { readonly type: "job"; readonly job: ProbeJob } | { readonly type: "stop" };

export type FromProbes =
  | { readonly type: "begun" }
  | { readonly type: "failed"; readonly error: ErrorText }
  | { readonly type: "operations"; readonly operations: readonly Operation[]; readonly streams: readonly StreamLive[] }
  | {
      readonly type: "gap";
      readonly source: string;
      readonly fromMs: number;
      readonly toMs: number;
      readonly because: string;
    }
  | { readonly type: "note"; readonly says: string }
  | { readonly type: "done" };
