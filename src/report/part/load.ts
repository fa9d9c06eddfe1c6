/** The load: statistics by window and by request, failures by error, and what the autoscaler decided. */
import { count, figure, percentage } from "../../std/figure.ts";
import { isRecord, type Json } from "../../std/json.ts";
import type { Story } from "../../timeline/story.ts";
import { clock, counted } from "../../view/figures.ts";
import { scrollBox } from "../../view/requests.ts";
import { el, type ViewChild, type ViewElement } from "../../view.ts";
import type { FailureKind } from "../load/failures.ts";
import { folded, type ReportParts, section } from "../parts.ts";
import { plateauSays } from "../plateau-says.ts";
import type { RequestStats } from "../stats.ts";

const FIGURES = ["requests", "failed", "success", "mean ms", "p50", "p95", "p99", "max"] as const;

export function renderStatistics({ stats }: ReportParts): ViewElement {
  const { plateau, windows, requests, interruptedByTheEnd = 0 } = stats;
  const ofWindows = windows.map((window) => ({ name: window.says, ...window }));
  return section(
    "statistics",
    "Statistics",
    plateau === null ? null : el("p", {}, plateauSays(plateau)),
    interruptedByTheEnd === 0
      ? null
      : el(
          "p",
          {},
          `Interrupted by the end of the load, which is no failure: ${counted(interruptedByTheEnd, "request")}.`,
        ),
    folded(`By window: ${counted(windows.length, "window")}`, statsTable("window", ofWindows)),
    requests.length === 0
      ? null
      : folded(`By request: ${counted(requests.length, "name")}`, statsTable("request", requests)),
  );
}

function statsTable(title: string, rows: readonly (RequestStats & { readonly name: string })[]): ViewElement {
  return table(
    `Statistics by ${title}`,
    [title, ...FIGURES],
    rows.map((one) => [one.name, ...cellsOf(one)]),
    [title],
  );
}

function cellsOf(one: RequestStats): string[] {
  const { requests, failed, meanMs, p50Ms, p95Ms, p99Ms, maxMs } = one;
  const share = requests === 0 ? figure(null) : `${percentage(1 - failed / requests)} %`;
  return [count(requests), count(failed), share, ...[meanMs, p50Ms, p95Ms, p99Ms, maxMs].map(figure)];
}

/** Returns a table; the columns that are named in `words` hold words, which may be broken into lines. */
function table(label: string, titles: readonly string[], rows: readonly ViewChild[][], words: readonly string[] = []) {
  const kind = (column: number) => (words.includes(titles[column] ?? "") ? "words" : undefined);
  const head = titles.map((title, column) => el("th", { scope: "col", class: kind(column) }, title));
  const body = rows.map((cells) =>
    el(
      "tr",
      {},
      cells.map((cell, column) =>
        column === 0 ? el("th", { scope: "row", class: kind(0) }, cell) : el("td", { class: kind(column) }, cell),
      ),
    ),
  );
  return scrollBox(label, el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, body)));
}

const KINDS_SHOWN = 50;

export function renderFailures({ load, verdict }: ReportParts): ViewElement {
  const kinds = load.failures.kinds();
  const total = kinds.reduce((sum, kind) => sum + kind.count, 0);
  const title = section("failures", "Failures by error");
  if (kinds.length === 0) return section("failures", "Failures by error", el("p", { class: "dim" }, noFailure(load)));
  const experiments = verdict.experiments.map(({ name }) => name);
  const rest = kinds.length - KINDS_SHOWN;
  const more = rest <= 0 ? null : el("p", { class: "dim" }, `${counted(rest, "more kind")}: see failures.csv.`);
  const shown = renderFailureTable(kinds.slice(0, KINDS_SHOWN), "Failures by error", experiments);
  const summary = `${counted(total, "failure")} of ${counted(kinds.length, "kind")}`;
  return { ...title, children: [...title.children, folded(summary, shown, more)] };
}

/** A folder whose intervals were left out says nothing about failures. */
function noFailure({ reports }: ReportParts["load"]): string {
  return reports === 0 ? "Not known: this folder holds no reports of the load." : "Nothing failed.";
}

/** Returns failures grouped by error; with `experiments`, columns say when they were, and during which of them. */
export function renderFailureTable(
  kinds: readonly FailureKind[],
  label: string,
  experiments: readonly string[] | null,
): ViewElement {
  const titles = [
    "error",
    "request",
    "count",
    ...(experiments === null ? [] : ["first", "last", "during", "one example"]),
  ];
  const rows = kinds.map((kind) => [
    kind.error,
    kind.name,
    count(kind.count),
    ...(experiments === null
      ? []
      : [clock(kind.firstMs), clock(kind.lastMs), duringWords(kind, experiments), kind.example ?? "none was recorded"]),
  ]);
  return table(label, titles, rows, ["error", "request", "during", "one example"]);
}

/** Returns "2,000 during 1, 12 during 3, 4 outside": experiments by their numbers, which their cards have too. */
function duringWords({ outside, during }: FailureKind, experiments: readonly string[]): string {
  const inside = [...during]
    .map(([name, own]) => ({ at: experiments.indexOf(name) + 1, own }))
    .sort((a, b) => a.at - b.at);
  const parts = inside.map(({ at, own }) => `${count(own)} in experiment ${at}`);
  return [...parts, ...(outside > 0 ? [`${count(outside)} outside the faults`] : [])].join(", ");
}

const DECISIONS_SHOWN = 100;

/** Shows each decision of the autoscaler that changed something, with what it saw. */
export function renderScaling({ facts }: ReportParts): ViewElement | null {
  const decisions = facts.story.replicas.filter(
    (event) => event.detail !== undefined && event.current !== event.desired,
  );
  if (decisions.length === 0) return null;
  const rows = decisions
    .slice(0, DECISIONS_SHOWN)
    .map((event) => [
      clock(event.atMs),
      `${count(event.current)} → ${count(event.desired)}`,
      sawOf(event.detail),
      readyOf(event, facts.story.replicas),
    ]);
  const more = decisions.length - rows.length;
  return section(
    "scaling",
    "The autoscaler's decisions",
    table("The autoscaler's decisions", ["at", "replicas", "it saw", "ready after"], rows, ["it saw"]),
    more <= 0 ? null : el("p", { class: "dim" }, `${counted(more, "more decision")} in timeline.ndjson.`),
  );
}

function sawOf(detail: Json | undefined): string {
  if (!isRecord(detail)) return "nothing was recorded";
  const decision = isRecord(detail["decision"]) ? detail["decision"] : {};
  const config = isRecord(detail["config"]) ? detail["config"] : {};
  const [utilization, target] = [
    decision["utilization"] ?? detail["utilization"],
    config["averageUtilization"] ?? detail["target"],
  ];
  if (typeof utilization !== "number" || typeof target !== "number") return "its metric could not be read";
  const recommended = decision["recommended"];
  const wanted = typeof recommended === "number" ? `, which calls for ${count(recommended)}` : "";
  return `${figure(utilization)} % used, target ${figure(target)} %${wanted}`;
}

/** Returns how long it took until as many replicas were ready as a decision wanted. */
function readyOf({ atMs, desired }: Story["replicas"][number], all: Story["replicas"]): string {
  const ready = all.find((event) => event.atMs >= atMs && event.ready === desired);
  return ready === undefined ? "never" : `${figure((ready.atMs - atMs) / 1000)} s`;
}
