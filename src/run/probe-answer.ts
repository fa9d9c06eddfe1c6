import type { Operation } from "../history.ts";

/** The answer to one beat of a probe that stands where users are. */
export interface ProbeAnswer {
  readonly class: string;
  readonly connection: "kept" | "fresh";
  readonly atMs: number;
  readonly ok: boolean;
}

/**
 * Returns an operation as the answer to a probe, for what watches users during the run; null for any other. Only probes count, because
 * the load's users handle waiting in their own ways, and only those that run where users are: probes inside a node that is cut off are
 * expected to fail.
 */
export function probeAnswer({ probe, process, outcome, completedAtMs }: Operation): ProbeAnswer | null {
  if (probe === undefined || completedAtMs === null || process.startsWith("inside/")) return null;
  return { class: probe.class, connection: probe.connection, atMs: completedAtMs, ok: outcome.type === "ok" };
}
