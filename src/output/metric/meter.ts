/**
 * Folds what a run records into metrics. Pure, so that a server which reads a run folder can make the same metrics as the run itself.
 */
import type { Interval } from "../../interval.ts";
import type { RunContext } from "../../output.ts";
import type { Second } from "../../second.ts";
import type { Status } from "../../status.ts";
import type { TimelineEvent } from "../../timeline.ts";
import type { Verdict } from "../../verdict.ts";
import type { MetricLabels, MetricSample, PlainSample } from "../metric.ts";
import { RecentLoad } from "./recent.ts";
import { RequestCounts } from "./requests.ts";

export type Names = "gameday" | "k6";

const STATUS_VALUES: Readonly<Record<Status, number>> = { pass: 1, unknown: 0, fail: -1 };
/** The most experiments, objectives and probe streams for which there are series. */
const SERIES_MAX = 200;

export class RunMeter {
  readonly #about: Pick<RunContext, "runId" | "plan" | "platform" | "seed" | "version">;
  readonly #requests = new RequestCounts();
  readonly #recent = new RecentLoad();
  readonly #faults = new Map<string, string>();
  #second: Second | null = null;
  /** The newest row whose figures of the load are complete. */
  #whole: Second | null = null;
  #verdict: Verdict | null = null;

  constructor(about: Pick<RunContext, "runId" | "plan" | "platform" | "seed" | "version">) {
    this.#about = about;
  }

  event(event: TimelineEvent): void {
    if (event.type === "experiment" && this.#faults.size < SERIES_MAX) this.#faults.set(event.experiment, event.fault);
  }

  interval(interval: Interval): void {
    this.#requests.add(interval);
    this.#recent.add(interval);
  }

  second(row: Second): void {
    if (row.atMs >= (this.#second?.atMs ?? 0)) this.#second = row;
    if (row.users !== null && row.atMs >= (this.#whole?.atMs ?? 0)) this.#whole = row;
  }

  verdict(verdict: Verdict): void {
    this.#verdict = verdict;
  }

  /** Returns all samples under the names that are wanted. */
  samples(names: ReadonlySet<Names>): MetricSample[] {
    const { runId } = this.#about;
    return [
      ...(names.has("gameday") ? this.#own().map((sample) => labelled(sample, { run: runId })) : []),
      ...(names.has("k6") ? this.#k6().map((sample) => labelled(sample, { testid: runId })) : []),
    ];
  }

  #own(): MetricSample[] {
    const { plan, platform, seed, version } = this.#about;
    return [
      plain("gameday_run_info", 1, { plan, platform, seed, version }),
      ...this.#ofSecond(),
      ...this.#ofLoad(),
      ...this.#requests.samples(),
      ...this.#ofVerdict(),
    ];
  }

  #ofSecond(): PlainSample[] {
    const row = this.#second;
    const faults = [...this.#faults].map(([experiment, fault]) =>
      plain("gameday_fault", row?.faults.includes(experiment) === true ? 1 : 0, { experiment, fault }),
    );
    if (row === null) return faults;
    return [
      ...faults,
      ...(row.phase === null ? [] : [plain("gameday_run_phase", 1, { phase: row.phase })]),
      ...known("gameday_replicas", row.replicasReady, { state: "ready" }),
      ...known("gameday_replicas", row.replicasWanted, { state: "wanted" }),
      ...Object.entries(row.leaders).flatMap(([role, target]) =>
        target === null ? [] : [plain("gameday_leader", 1, { role, target })],
      ),
      ...Object.entries(row.probes)
        .slice(0, SERIES_MAX)
        .flatMap(([stream, { state }]) => {
          const [connection = "", ...rest] = stream.split("/").reverse();
          const labels = { class: rest.reverse().join("/"), connection };
          return state === "unknown" ? [] : [plain("gameday_outage", state === "down" ? 1 : 0, labels)];
        }),
    ];
  }

  #ofLoad(): PlainSample[] {
    const row = this.#whole;
    if (row === null) return [];
    return [
      ...known("gameday_users", row.users, {}),
      ...known("gameday_users_intended", row.usersIntended, {}),
      plain("gameday_workers", row.workersReporting, {}),
      ...Object.entries(row.workers).flatMap(([worker, { cpu, rssBytes, loopDelayMsP99, sendLagMsP50 }]) => [
        plain("gameday_generator_cpu_ratio", cpu, { worker }),
        plain("gameday_generator_memory_bytes", rssBytes, { worker }),
        plain("gameday_generator_loop_delay_seconds", loopDelayMsP99 / 1_000, { worker }),
        plain("gameday_generator_send_lag_seconds", sendLagMsP50 / 1_000, { worker }),
      ]),
    ];
  }

  #ofVerdict(): PlainSample[] {
    const verdict = this.#verdict;
    if (verdict === null) return [];
    return [
      plain("gameday_verdict", STATUS_VALUES[verdict.verdict], {}),
      ...verdict.objectives
        .slice(0, SERIES_MAX)
        .map(({ id, status }) => plain("gameday_objective", STATUS_VALUES[status], { id })),
    ];
  }

  #k6(): MetricSample[] {
    const counters = this.#requests.samples();
    const sum = (name: string) =>
      counters.reduce((total, sample) => total + (sample.name === name && "value" in sample ? sample.value : 0), 0);
    return [
      ...known("k6_vus", this.#whole?.users ?? null, {}),
      ...known("k6_vus_max", this.#whole?.usersIntended ?? null, {}),
      ...counters
        .filter(({ name }) => name === "gameday_requests_total")
        .map((sample) => ({ ...sample, name: "k6_http_reqs_total" })),
      plain("k6_iterations_total", sum("gameday_iterations_total"), {}),
      plain("k6_dropped_iterations_total", sum("gameday_dropped_arrivals_total"), {}),
      plain("k6_data_received_total", sum("gameday_received_bytes_total"), {}),
      plain("k6_data_sent_total", Number.NaN, {}),
      ...this.#recent.samples(),
    ];
  }
}

function plain(name: string, value: number, labels: MetricLabels): PlainSample {
  return { name, labels, value };
}

function known(name: string, value: number | null, labels: MetricLabels): PlainSample[] {
  return value === null ? [] : [plain(name, value, labels)];
}

function labelled<T extends MetricSample>(sample: T, more: MetricLabels): T {
  return { ...sample, labels: { ...more, ...sample.labels } };
}
