/** What the process of the probes and its parent say to each other. */
import type { Operation } from "../../history.ts";
import type { ProbeRate } from "../../plan.ts";
import type { ErrorText } from "../wire/error-text.ts";

export interface ProbeJob {
  readonly file: string;
  readonly rate?: ProbeRate;
  readonly baseUrl: string;
  readonly runId: string;
  readonly originNs: string;
  /** Begins names and ids of all operations: "probe", or another word for those that are not to see outages. */
  readonly name: string;
  /** Whether the samples tell of outages; clients on a node itself do not. */
  readonly tellsOutages: boolean;
  /** Above 0 when the process was started again: sequences never repeat. */
  readonly generation: number;
}

/** How one stream of beats is doing. */
export interface StreamLive {
  readonly class: string;
  readonly connection: "kept" | "fresh";
  readonly beats: number;
  readonly ok: number;
  readonly failed: number;
  /** Send of the first failure since the last success; null while all is well. */
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
