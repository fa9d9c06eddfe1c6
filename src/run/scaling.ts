import type { ScalingWait } from "../plan.ts";
import type { Run } from "../run.ts";
import { GamedayError } from "../std/errors.ts";
import { until } from "../std/wait.ts";
import type { TimelineEvent } from "../timeline.ts";

/** Follows the replicas of the app as the platform reports them. */
export class ReplicaWatch {
  #ready: number | null = null;
  #desired: number | null = null;

  see(event: TimelineEvent): void {
    if (event.type === "replicas") [this.#ready, this.#desired] = [event.ready, event.desired];
  }

  /** Waits until exactly so many are ready and wanted; the time running out is no error: the objectives judge what was seen. */
  async reach(run: Run, wait: ScalingWait): Promise<void> {
    const reached = () => this.#ready === wait.replicas && this.#desired === wait.replicas;
    const what = `${wait.replicas} ready replicas`;
    const seen = () => `${this.#ready ?? "none"} ready`;
    try {
      await until(reached, { what, deadlineMs: wait.withinMs, everyMs: 200, signal: run.stop.signal, seen });
    } catch (thrown) {
      if (run.stop.signal.aborted || !(thrown instanceof GamedayError)) throw thrown;
      run.evidence.event({ atMs: run.clock.nowMs(), type: "note", source: "autoscaling watch", says: thrown.message });
    }
  }
}
