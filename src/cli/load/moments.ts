/**
 * Records the course of a load alone as that of a run: its nine phases, of which those about faults are empty, and the edges of the
 * load. Without them, a folder could not show that the load came to its end.
 */
import { stagePlanOf } from "../../plan/executors.ts";
import { heightOf } from "../../plan/schedule.ts";
import type { LoadPlan } from "../../plan.ts";
import type { Clock } from "../../std/clock.ts";
import type { Phase, TimelineEvent } from "../../timeline.ts";

type Edge = "begin" | "steady" | "ramp-down" | "end";

const BEFORE: readonly Phase[] = ["validation"];
const AFTER: readonly Phase[] = [
  "autoscaling-watch",
  "experiments",
  "scale-down-watch",
  "statistics",
  "report",
  "clean-up",
];

export class LoadMoments implements Disposable {
  readonly #clock: Clock;
  readonly #plan: LoadPlan;
  readonly #emit: (event: TimelineEvent) => void;
  readonly #timers: NodeJS.Timeout[] = [];
  #isRampingDown = false;

  constructor(clock: Clock, plan: LoadPlan, emit: (event: TimelineEvent) => void) {
    this.#clock = clock;
    this.#plan = plan;
    this.#emit = emit;
  }

  /** Records that workers are being started. A coordinator that takes over a running load does not record it again. */
  deploying(): void {
    this.#empty(BEFORE);
    this.#phase("load-deployment", "begin");
    this.#edge("begin", 0);
  }

  /** Records that users have begun, and from when to when the load is at its full height. */
  began(beganAtMs: number): void {
    this.#phase("load-deployment", "end");
    this.#phase("load", "begin");
    const { heightMs, declineMs, target } = heightOf(stagePlanOf(this.#plan));
    this.#at(beganAtMs + heightMs, () => this.#edge("steady", target));
    if (declineMs !== null) this.#at(beganAtMs + declineMs, () => this.#rampDown(target));
  }

  /** Records that the load is over: iterations that run come to their end. */
  ending(): void {
    this.#clear();
    this.#rampDown(heightOf(stagePlanOf(this.#plan)).target);
  }

  ended(): void {
    this.#clear();
    this.#edge("end", 0);
    this.#phase("load", "end");
    this.#empty(AFTER);
  }

  [Symbol.dispose](): void {
    this.#clear();
  }

  #at(atMs: number, record: () => void): void {
    const inMs = atMs - this.#clock.nowMs();
    if (inMs <= 0) record();
    else this.#timers.push(setTimeout(record, inMs).unref());
  }

  #clear(): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
  }

  #rampDown(users: number): void {
    if (this.#isRampingDown) return;
    this.#isRampingDown = true;
    this.#edge("ramp-down", users);
  }

  #empty(phases: readonly Phase[]): void {
    for (const phase of phases) for (const edge of ["begin", "end"] as const) this.#phase(phase, edge);
  }

  #phase(phase: Phase, edge: "begin" | "end"): void {
    this.#emit({ atMs: this.#clock.nowMs(), type: "phase", phase, edge });
  }

  #edge(edge: Edge, users: number): void {
    this.#emit({ atMs: this.#clock.nowMs(), type: "load", edge, users });
  }
}
