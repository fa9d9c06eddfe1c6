/** Everything that the live state of a run is folded from, fed with the lines of its evidence in any interleaving. Pure. */
import type { Operation } from "../../history.ts";
import type { Interval } from "../../interval.ts";
import type { Plan } from "../../plan.ts";
import { Traffic } from "../../report/load/traffic.ts";
import { SecondFold } from "../../second/fold.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { CourseFold } from "./course.ts";
import { CrewFold } from "./crew.ts";
import { ExperimentFold } from "./experiments.ts";
import { LaneFold } from "./lanes.ts";
import { SecondTable } from "./seconds.ts";

const EXAMPLES_MAX = 2_000;

export class LiveFold {
  readonly course = new CourseFold();
  readonly lanes = new LaneFold();
  readonly crew = new CrewFold();
  readonly seconds = new SecondTable();
  readonly experiments: ExperimentFold;
  readonly #secondFold = new SecondFold();
  readonly #examples = new Map<string, string>();
  readonly #all = new Traffic(0, this.#examples);
  #shown = this.#all;
  /** The newest time in any line. */
  newestMs = 0;

  constructor(plan: Plan) {
    this.experiments = new ExperimentFold(plan.experiments);
  }

  /** The requests and failures that are shown: all, or those since the last reset. */
  get traffic(): Traffic {
    return this.#shown;
  }

  /** All requests and failures, whatever is shown. */
  get allTraffic(): Traffic {
    return this.#all;
  }

  /** Shows only what happens from now on; `atMs` null shows everything again. */
  reset(atMs: number | null): void {
    this.#shown = atMs === null ? this.#all : new Traffic(atMs, this.#examples);
  }

  event(event: TimelineEvent): ReturnType<CourseFold["event"]> {
    this.#seen(event.atMs);
    this.lanes.event(event);
    this.crew.event(event);
    this.experiments.event(event);
    this.#secondFold.event(event);
    return this.course.event(event);
  }

  operation(operation: Operation): void {
    if (operation.probe === undefined) return;
    this.#seen(operation.completedAtMs ?? 0);
    this.lanes.operation(operation);
    this.#secondFold.operation(operation);
  }

  interval(interval: Interval): void {
    this.#seen(interval.toMs);
    this.crew.interval(interval);
    this.#secondFold.interval(interval);
    this.#exemplify(interval);
    this.#all.interval(interval);
    if (this.#shown !== this.#all) this.#shown.interval(interval);
  }

  /** Returns the rows of seconds that are new or changed at `nowMs`. */
  takeSeconds(nowMs: number): ReturnType<SecondTable["set"]>[] {
    return this.#secondFold.take(nowMs).map((row) => this.seconds.set(row));
  }

  /** Keeps the first example of each kind of failure that any worker has reported. */
  #exemplify({ examples = [] }: Interval): void {
    for (const { name, error, method, url, status, says } of examples) {
      const key = `${name} ${error}`;
      if (this.#examples.has(key) || this.#examples.size >= EXAMPLES_MAX) continue;
      this.#examples.set(key, `${method} ${url}: ${status === 0 ? "" : `${status} `}${says}`.trimEnd());
    }
  }

  #seen(atMs: number): void {
    if (Number.isFinite(atMs)) this.newestMs = Math.max(this.newestMs, atMs);
  }
}
