/** The tables of failures and of load workers. */
import type { FailureTable, WorkerRow } from "../api/live.ts";
import { el, type ViewElement } from "../view.ts";
import { bytes, clock, count, figure, percent } from "./figures.ts";
import { scrollBox } from "./requests.ts";
import { ROWS_MOST } from "./rows.ts";

/** Failures grouped by request and error, the most frequent first, each with one example. */
export function renderFailures({ rows, total }: FailureTable): ViewElement {
  const sorted = [...rows].sort((a, b) => b.count - a.count).slice(0, ROWS_MOST);
  const table = el(
    "table",
    {},
    el("thead", {}, el("tr", {}, ["request", "error", "count", "first", "last", "one example"].map(header))),
    el(
      "tbody",
      {},
      sorted.map((row) =>
        el(
          "tr",
          { key: `${row.name}\n${row.error}` },
          el("th", { scope: "row" }, row.name),
          el("td", { class: "words" }, row.error),
          el("td", {}, count(row.count)),
          el("td", {}, clock(row.firstMs)),
          el("td", {}, clock(row.lastMs)),
          el("td", { class: "words" }, row.example === null ? "none was recorded" : el("code", {}, row.example)),
        ),
      ),
    ),
  );
  return el(
    "section",
    { class: "failures wide", "aria-label": "Failures", key: "failures" },
    el("h2", {}, `Failures (${count(total)} kinds)`),
    sorted.length === 0 ? el("p", { class: "dim" }, "None so far.") : scrollBox("Table of failures", table),
    total > sorted.length && el("p", { class: "dim" }, `${count(total - sorted.length)} more kinds: see failures.csv.`),
  );
}

/** Load workers. One that is itself too busy is marked, because its latencies are the generator's and not the platform's. */
export function renderWorkers(workers: readonly WorkerRow[]): ViewElement {
  const titles = ["worker", "users", "CPU", "memory", "loop delay", "send lag", "state"];
  const rows = workers.map((worker) =>
    el(
      "tr",
      { key: worker.name, class: worker.trouble === null ? undefined : "trouble" },
      el("th", { scope: "row" }, worker.name),
      el("td", {}, count(worker.users)),
      el("td", {}, percent(worker.cpu)),
      el("td", {}, bytes(worker.rssBytes)),
      el("td", {}, `${figure(worker.loopDelayMs)} ms`),
      el("td", {}, `${figure(worker.sendLagMs)} ms`),
      el("td", { class: "words" }, worker.trouble === null ? worker.state : `⚠ ${worker.state}: ${worker.trouble}`),
    ),
  );
  const table = el("table", {}, el("thead", {}, el("tr", {}, titles.map(header))), el("tbody", {}, rows));
  return el(
    "section",
    { class: "workers wide", "aria-label": "Load workers", key: "workers" },
    el("h2", {}, "Load workers"),
    workers.length === 0
      ? el("p", { class: "dim" }, "No worker has joined yet.")
      : scrollBox("Table of load workers", table),
  );
}

/** The columns whose cells are words, which are aligned to the left. */
const WORDS: readonly string[] = ["error", "one example", "state"];

function header(title: string): ViewElement {
  return el("th", { scope: "col", class: WORDS.includes(title) ? "words" : undefined }, title);
}
