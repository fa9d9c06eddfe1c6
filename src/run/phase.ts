import type { Run } from "../run.ts";
import type { Phase } from "../timeline.ts";

/** Runs one phase between its two events; the end is recorded whatever happens. */
export async function inPhase<T>(run: Run, phase: Phase, body: () => Promise<T>): Promise<T> {
  run.evidence.event({ atMs: run.clock.nowMs(), type: "phase", phase, edge: "begin" });
  try {
    return await body();
  } finally {
    run.evidence.event({ atMs: run.clock.nowMs(), type: "phase", phase, edge: "end" });
  }
}
