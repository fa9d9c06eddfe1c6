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

  /**
   * Waits until at least (up) or at most (down) this many replicas are both ready and desired. It is no error if the time runs
   * out: the objectives judge what was observed.
   */
  async reach(run: Run, wait: ScalingWait, direction: "up" | "down"): Promise<void> {
    const isThere = (count: number) => (direction === "up" ? count >= wait.replicas : count <= wait.replicas);
    const reached = () => [this.#ready, this.#desired].every((count) => count !== null && isThere(count));
    const what = `${direction === "up" ? "at least" : "at most"} ${wait.replicas} ready replicas`;
    const seen = () => `${this.#ready ?? "none"} ready`;
    try {
      await until(reached, { what, deadlineMs: wait.withinMs, everyMs: 200, signal: run.stop.signal, seen });
    } catch (thrown) {
      if (run.stop.signal.aborted || !(thrown instanceof GamedayError)) throw thrown;
      run.evidence.event({ atMs: run.clock.nowMs(), type: "note", source: "autoscaling watch", says: thrown.message });
    }
  }
}
