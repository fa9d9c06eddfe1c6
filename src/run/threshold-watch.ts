import type { Interval } from "../interval.ts";
import { thresholdFoldOf } from "../objective/threshold-assess.ts";
import type { ThresholdFold } from "../objective/threshold-fold.ts";
import type { Run } from "../run.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";

/**
 * Ends the run when a threshold with `abort` fails: what is broken is healed, then the run is judged. It processes the
 * intervals in the order of the evidence, so that the judge finds the same threshold at the same moment.
 */
export class ThresholdWatch {
  readonly #run: Run;
  readonly #fold: ThresholdFold;

  constructor(run: Run) {
    this.#run = run;
    this.#fold = thresholdFoldOf(run.plan.load.thresholds);
  }

  interval(interval: Interval): void {
    const before = this.#fold.crossing;
    this.#fold.add(interval);
    const { crossing } = this.#fold;
    if (crossing === null || before !== null || this.#run.stop.signal.aborted) return;
    const { threshold, measured } = crossing.result;
    const by = `threshold ${threshold.text}: measured ${Number(measured?.toPrecision(4))}`;
    this.#run.evidence.event({ atMs: this.#run.clock.nowMs(), type: "control", command: "stop", by, manual: false });
    const expected = "every threshold that ends the run to hold";
    this.#run.stop.abort(new GamedayError({ code: "threshold-failed", expected, got: by, exitCode: ExitCode.unknown }));
  }
}
