/** The table of requests: sorted by any column, filtered by words, and at most 200 rows drawn. */
import type { RequestRow } from "../api/live.ts";
import { el, type ViewElement } from "../view.ts";
import { count, figure } from "./figures.ts";
import { chooseRows, type RowsShown, type Sorting } from "./rows.ts";

interface Column {
  readonly name: keyof RequestRow;
  readonly title: string;
  readonly shows: (row: RequestRow) => string;
}

export const REQUEST_COLUMNS: readonly Column[] = [
  { name: "name", title: "request", shows: ({ name }) => name },
  { name: "requests", title: "requests", shows: ({ requests }) => count(requests) },
  { name: "failed", title: "failed", shows: ({ failed }) => count(failed) },
  { name: "perSecond", title: "per second", shows: ({ perSecond }) => figure(perSecond) },
  { name: "failedPerSecond", title: "failed/s", shows: ({ failedPerSecond }) => figure(failedPerSecond) },
  { name: "meanMs", title: "mean ms", shows: ({ meanMs }) => figure(meanMs) },
  { name: "p50Ms", title: "p50 ms", shows: ({ p50Ms }) => figure(p50Ms) },
  { name: "p95Ms", title: "p95 ms", shows: ({ p95Ms }) => figure(p95Ms) },
  { name: "p99Ms", title: "p99 ms", shows: ({ p99Ms }) => figure(p99Ms) },
  { name: "maxMs", title: "max ms", shows: ({ maxMs }) => figure(maxMs) },
];

export interface TableChoice {
  readonly filter: string;
  readonly sorting: Sorting;
}

export interface RequestsView {
  readonly rows: readonly RequestRow[];
  /** How many requests the run has; more than `rows` when only the most frequent ones are known here. */
  readonly total: number;
  readonly choice: TableChoice;
}

export function chooseRequests({ rows, choice }: RequestsView): RowsShown<RequestRow> {
  const cell = (row: RequestRow, column: string) => row[column as keyof RequestRow] ?? null;
  return chooseRows({ rows, filter: choice.filter, text: ({ name }) => name, sorting: choice.sorting, cell });
}

export function renderRequests(view: RequestsView): ViewElement {
  const shown = chooseRequests(view);
  const headers = REQUEST_COLUMNS.map(({ name, title }) => headerOf(name, title, view.choice.sorting));
  const more = Math.max(shown.more, view.choice.filter === "" ? view.total - shown.rows.length : 0);
  return el(
    "section",
    { class: "requests wide", "aria-label": "Requests", key: "requests" },
    el(
      "div",
      { class: "heading" },
      el("h2", {}, `Requests (${count(view.total)})`),
      el(
        "label",
        {},
        "Filter ",
        el("input", { type: "search", "data-do": "filter-requests", value: view.choice.filter }),
      ),
    ),
    scrollBox(
      "Table of requests",
      el("table", {}, el("thead", {}, el("tr", {}, headers)), el("tbody", {}, shown.rows.map(renderRow))),
    ),
    shown.rows.length === 0 &&
      el("p", { class: "dim" }, view.total === 0 ? "No request was made yet." : "None matches."),
    more > 0 && el("p", { class: "dim" }, `${count(more)} more: filter by words of their name.`),
  );
}

function headerOf(name: string, title: string, sorting: Sorting): ViewElement {
  const sorted = sorting.column === name ? (sorting.descending ? "descending" : "ascending") : undefined;
  const arrow =
    sorted === undefined ? null : el("span", { "aria-hidden": "true" }, sorted === "descending" ? " ↓" : " ↑");
  const button = el("button", { type: "button", "data-do": "sort-requests", "data-value": name }, title, arrow);
  return el("th", { scope: "col", "aria-sort": sorted }, button);
}

function renderRow(row: RequestRow): ViewElement {
  const cells = REQUEST_COLUMNS.map(({ name, shows }, n) => {
    if (n === 0) return el("th", { scope: "row" }, shows(row));
    return el("td", { class: name === "failed" && row.failed > 0 ? "fail" : undefined }, shows(row));
  });
  return el("tr", { key: row.name }, cells);
}

/** Returns a box that scrolls sideways by itself and can be reached by the keyboard. */
export function scrollBox(label: string, content: ViewElement): ViewElement {
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, content);
}
