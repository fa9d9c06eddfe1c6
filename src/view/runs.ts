/** The list of runs: open one, or choose two to compare. */
import type { RunSummary } from "../api/run.ts";
import { el, type ViewElement, type ViewNode } from "../view.ts";
import { pill } from "./button.ts";
import { clock } from "./figures.ts";
import { scrollBox } from "./requests.ts";

export interface RunsView {
  readonly runs: readonly RunSummary[];
  /** The runs that are chosen to be compared, the older one first. */
  readonly chosen: readonly string[];
  readonly filter: string;
  readonly hasMore: boolean;
}

export function renderRuns({ runs, chosen, filter, hasMore }: RunsView): ViewNode[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = runs.filter((run) => words.every((word) => textOfRun(run).includes(word)));
  const titles = ["compare", "run", "plan", "verdict", "started", "length", "platform", "seed"];
  const table = el(
    "table",
    {},
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        titles.map((title) => el("th", { scope: "col" }, title)),
      ),
    ),
    el(
      "tbody",
      {},
      matching.map((run) => renderRow(run, chosen)),
    ),
  );
  return [
    el(
      "main",
      { id: "main", tabindex: "-1", key: "main" },
      el(
        "section",
        { class: "wide", "aria-label": "Runs" },
        el(
          "div",
          { class: "heading" },
          el("h1", {}, "Runs"),
          el("label", {}, "Filter ", el("input", { type: "search", "data-do": "filter-runs", value: filter })),
          compareLink(chosen),
        ),
        runs.length === 0 ? renderNoRuns() : scrollBox("Table of runs", table),
        hasMore && el("button", { type: "button", class: "quiet", "data-do": "more-runs" }, "Older runs"),
      ),
    ),
  ];
}

/** What to do when nothing has run yet. */
export function renderNoRuns(): ViewElement {
  return el(
    "div",
    { class: "none" },
    el("p", {}, "No run yet. Type this to play the first game day, or start one here:"),
    el("pre", {}, el("code", {}, "gameday run plan.yaml --dashboard")),
    el("p", {}, el("a", { class: "button", href: "/start" }, "Start a plan or a load")),
  );
}

function compareLink(chosen: readonly string[]): ViewElement {
  const [a, b] = chosen;
  if (a === undefined || b === undefined) return el("span", { class: "dim" }, "Choose two runs to compare them.");
  const query = `a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`;
  return el("a", { class: "button", href: `/compare?${query}` }, "Compare the two");
}

function renderRow(run: RunSummary, chosen: readonly string[]): ViewElement {
  const { id, plan, startedAt, durationMs, platform, seed } = run;
  return el(
    "tr",
    { key: id },
    el(
      "td",
      {},
      el("input", {
        type: "checkbox",
        "data-do": "choose-run",
        "data-value": id,
        "aria-label": `Compare ${id}`,
        checked: chosen.includes(id),
      }),
    ),
    el(
      "th",
      { scope: "row" },
      el("a", { href: `/runs/${encodeURIComponent(id)}`, title: run.sentence ?? undefined }, id),
    ),
    el("td", { class: "words" }, plan),
    el("td", {}, stateOfRun(run)),
    el("td", {}, startedAt === null ? "–" : startedAt.slice(0, 19).replace("T", " ")),
    el("td", {}, durationMs === null ? "–" : clock(durationMs)),
    el("td", {}, platform),
    el("td", {}, seed),
  );
}

export function stateOfRun({ state, verdict, phase }: RunSummary): ViewElement {
  if (verdict !== null) return pill(verdict, verdict);
  if (state === "running") return pill(`running${phase === null ? "" : `: ${phase.replaceAll("-", " ")}`}`, "plain");
  return pill(state, state === "died" || state === "damaged" ? "fail" : "plain");
}

function textOfRun({ id, plan, platform, seed, state, verdict, startedAt }: RunSummary): string {
  return [id, plan, platform, seed, state, verdict ?? "", startedAt ?? ""].join(" ").toLowerCase();
}
