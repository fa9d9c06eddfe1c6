/** Records what a load reports while it runs, for thresholds, the summary and its JSON. */

import { hungIn, interruptedIn } from "../../interval/interrupted.ts";
import { type Total, Totals } from "../../interval/totals.ts";
import type { Interval } from "../../interval.ts";
import { LoadFold } from "../../objective/load-fold.ts";
import type { Threshold, ThresholdResult } from "../../objective/threshold.ts";
import { type Crossing, ThresholdFold } from "../../objective/threshold-fold.ts";
import type { Window } from "../../objective/windows.ts";
import type { Status } from "../../status.ts";
import { isRecord, type Json } from "../../std/json.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { GeneratorWatch } from "./generator.ts";
import { isPrinted } from "./prints.ts";
import { failuresOf, type SummaryInput } from "./summary.ts";

const NOTE_KINDS_MAX = 1_000;
/** A load has few events besides notes; a flood of notes is not kept. */
const EVENTS_MAX = 100_000;
/** All that workers report belongs to the load. */
const WHOLE: Window = {
  key: "whole",
  says: "over the whole load",
  spans: [{ fromMs: 0, toMs: Number.POSITIVE_INFINITY }],
  takes: "touching",
};

export class Recorder {
  readonly #open: boolean;
  readonly #totals = new Totals();
  readonly #thresholds: ThresholdFold;
  readonly #generator = new GeneratorWatch();
  readonly #notes = new Map<string, number>();
  /** What the judge reads of the intervals, and of the events. */
  readonly load: LoadFold;
  readonly timeline: TimelineEvent[] = [];
  #statuses: ReadonlyMap<string, Status> = new Map();
  readonly #prints = new Map<string, number>();

  constructor(thresholds: readonly Threshold[], open: boolean) {
    this.#thresholds = new ThresholdFold(thresholds, this.#totals);
    this.load = new LoadFold([WHOLE], [{ window: "whole", tags: {} }], { fromMs: 0, toMs: 1_000 }, this.#thresholds);
    this.#open = open;
  }

  interval(interval: Interval): void {
    if (this.load.add(interval)) this.#generator.add(interval);
  }

  event(event: TimelineEvent): void {
    if (this.timeline.length < EVENTS_MAX) this.timeline.push(event);
    if (event.type === "note") {
      if (isPrinted(event.detail)) return add(this.#prints, event.says, 1);
      const { repeats, count } = isRepeat(event.detail) ? event.detail : { repeats: event.says, count: 1 };
      this.note(repeats, count);
    } else if (event.type === "gap") this.note(`${event.source}: ${event.because}`);
    else if (event.type === "worker" && event.edge === "lost") {
      this.note(`worker ${event.worker} was lost`);
    }
  }

  note(says: string, count = 1): void {
    add(this.#notes, says, count);
  }

  /** The failed threshold that requires the load to end; null while there is none. */
  get crossing(): Crossing | null {
    return this.#thresholds.crossing;
  }

  /** Takes over the statuses of the thresholds, by their text, once they are judged: the evidence may put a measured value in doubt. */
  judged(statuses: ReadonlyMap<string, Status>): void {
    this.#statuses = statuses;
  }

  summary(): SummaryInput {
    const generator = this.#generator.report();
    return {
      totals: this.#totals,
      thresholds: this.#thresholds.results().map((result) => this.#asJudged(result)),
      generator,
      notes: new Map([...this.#notes, ...this.#prints]),
      open: this.#open,
    };
  }

  #asJudged(result: ThresholdResult): ThresholdResult {
    return { ...result, status: this.#statuses.get(result.threshold.text) ?? result.status };
  }

  /** Raises the maximum of users to `count`: intervals count users once a second, and workers may have had more in between. */
  usersAtLeast(count: number): void {
    this.#totals.usersMax = Math.max(this.#totals.usersMax, count);
  }

  json(seed: string): { [key: string]: Json } {
    const { thresholds, generator, notes } = this.summary();
    const requests = Object.fromEntries(
      [...this.#totals.by("http_req_duration", "name")].map(([name, total]) => [
        name,
        { ...figures(total), errors: errorsOf(this.#totals, name) },
      ]),
    );
    const calls = Object.fromEntries(
      [...this.#totals.by("call_duration", "name")].map(([name, total]) => [name, figures(total)]),
    );
    const all = this.#totals.find({ name: "http_req_duration", tags: {} });
    const iterations = this.#totals.find({ name: "iteration_duration", tags: {} });
    const service = this.#totals.find({ name: "http_req_service", tags: {} });
    return {
      version: 1,
      seed,
      seconds: this.#totals.seconds,
      usersMax: this.#totals.usersMax,
      dropped: this.#totals.dropped,
      thresholds: thresholds.map(({ threshold, status, measured }) => ({
        threshold: threshold.text,
        status,
        measured,
      })),
      requests,
      all: all === null ? null : figures(all),
      service: service === null ? null : figures(service),
      iterations: iterations === null ? null : figures(iterations),
      calls,
      checks: checks(this.#totals),
      interruptedByTheEnd: interruptions(this.#totals),
      metrics: metrics(this.#totals),
      generator: { ...generator, bottlenecks: [...generator.bottlenecks] },
      notes: Object.fromEntries(notes),
    };
  }
}

function add(notes: Map<string, number>, says: string, count: number): void {
  if (notes.size < NOTE_KINDS_MAX || notes.has(says)) notes.set(says, (notes.get(says) ?? 0) + count);
}

/** Returns whether a note repeats an earlier one, with its text and how often it has occurred since (count/notes.ts). */
function isRepeat(detail: Json | undefined): detail is { repeats: string; count: number } {
  return isRecord(detail) && typeof detail["count"] === "number" && typeof detail["repeats"] === "string";
}

/** Returns how often requests of that name failed, by kind: "timeout", "http-503". */
function errorsOf(totals: Totals, name: string): { [error: string]: Json } {
  const kinds = [...totals.by("http_req_duration", "error").keys()];
  const counts = kinds.map((error) => [error, failuresOf(totals, name, error)] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

function checks(totals: Totals): { [name: string]: Json } {
  return Object.fromEntries(
    [...totals.by("checks", "name")].map(([name, { count, failed }]) => [
      name,
      { passes: count - failed, fails: failed },
    ]),
  );
}

/** Returns what the end of the load cut off, and how many of those calls had waited far longer than any answer took. */
function interruptions(totals: Totals): { [key: string]: Json } {
  const hung = hungIn(totals, "http_req_duration", {}).count + hungIn(totals, "call_duration", {}).count;
  const [requests, calls] = [interruptedIn(totals, "http_req_duration"), interruptedIn(totals, "call_duration")];
  const iterations = totals.find({ name: "iterations_interrupted", tags: {} })?.sum ?? 0;
  return { iterations, requests, calls, hung };
}

/** Returns everything else that was counted: the script's own metrics, and the phases of requests. */
function metrics(totals: Totals): { [name: string]: Json } {
  const others = totals
    .names()
    .filter(
      (name) =>
        !/^(http_req_(duration|service|interrupted)|call_interrupted|iterations_interrupted|iteration_duration|checks)$/.test(
          name,
        ),
    );
  return Object.fromEntries(
    others.flatMap((name) => {
      const total = totals.find({ name, tags: {} });
      return total === null ? [] : [[name, total.histogram === null ? sums(total) : figures(total)]];
    }),
  );
}

function sums({ kind, count, sum, min, max, last }: Total): { [key: string]: Json } {
  if (kind === "gauge") return { last, min, max };
  return kind === "counter" ? { count: sum } : { count, sum, rate: count === 0 ? null : sum / count };
}

/** Returns the statistics of a series; times are in ms. */
function figures(total: Total): { [key: string]: Json } {
  const at = (q: number) => total.histogram?.quantile(q) ?? null;
  return {
    count: total.count,
    failed: total.failed,
    mean: total.count === 0 ? null : total.sum / total.count,
    min: total.count === 0 ? null : total.min,
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    "p99.9": at(0.999),
    max: total.count === 0 ? null : total.max,
  };
}
