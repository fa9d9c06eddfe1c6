/** The event log: newest first, filtered by kind and by words; the page holds the last 300 events, and the API has them all. */
import type { LogEntry } from "../api/live.ts";
import { el, type ViewElement } from "../view.ts";
import { plainButton } from "./button.ts";
import { clock } from "./figures.ts";

export interface LogChoice {
  readonly kind: string;
  readonly filter: string;
}

export interface LogView {
  readonly events: readonly LogEntry[];
  readonly choice: LogChoice;
  readonly runId: string;
}

/** Returns the entries that people read, newest first. */
export function chooseEntries({ events, choice }: LogView): (LogEntry & { readonly says: string })[] {
  const words = choice.filter.toLowerCase().split(/\s+/).filter(Boolean);
  return events
    .filter((entry): entry is LogEntry & { says: string } => entry.says !== null)
    .filter(({ kind }) => choice.kind === "" || kind === choice.kind)
    .filter(({ says }) => words.every((word) => says.toLowerCase().includes(word)))
    .reverse();
}

/** Returns the log as text, oldest first, with both clocks: "12:09.5  2026-11-30T10:12:09.500Z  ...". */
export function logAsText(view: LogView, startedAtMs: number | null): string {
  return chooseEntries(view)
    .reverse()
    .map(({ atMs, says }) => {
      const wall = startedAtMs === null ? "" : `${new Date(startedAtMs + atMs).toISOString()}  `;
      return `${clock(atMs)}.${Math.floor((atMs % 1000) / 100)}  ${wall}${says}`;
    })
    .join("\n");
}

export function renderLog(view: LogView): ViewElement {
  const kinds = [...new Set(view.events.filter(({ says }) => says !== null).map(({ kind }) => kind))].sort();
  const options = ["", ...kinds].map((kind) =>
    el("option", { value: kind, selected: kind === view.choice.kind }, kind === "" ? "all kinds" : kind),
  );
  const entries = chooseEntries(view);
  const rows = entries.map((entry) =>
    el(
      "li",
      { key: String(entry.seq), class: isHot(entry) ? "hot" : undefined },
      el("time", {}, clock(entry.atMs)),
      el("span", {}, entry.says),
    ),
  );
  return el(
    "section",
    { class: "log", "aria-label": "What happened", key: "log" },
    el(
      "div",
      { class: "heading" },
      el("h2", {}, "What happened"),
      el(
        "label",
        {},
        el("span", { class: "hidden" }, "Kind of event"),
        el("select", { "data-do": "log-kind" }, options),
      ),
      el(
        "label",
        {},
        el("span", { class: "hidden" }, "Words in the log"),
        el("input", { type: "search", "data-do": "filter-log", placeholder: "filter", value: view.choice.filter }),
      ),
      plainButton("copy-log", "Copy"),
    ),
    entries.length === 0
      ? el("p", { class: "dim" }, "Nothing to show.")
      : el("ol", { tabindex: "0", "aria-label": "Events, newest first" }, rows),
    view.events.length >= 300 &&
      el("p", { class: "dim" }, "Older events: ", el("a", { href: `/api/v1/runs/${view.runId}/events` }, "all events")),
  );
}

/** The events that somebody should notice: a bite, a control, an unexpected restart, a lost worker, residue. */
function isHot({ event }: LogEntry): boolean {
  const { type, edge } = event;
  if (type === "fault") return edge === "bit" || edge === "not-bitten" || edge === "not-healed";
  if (type === "restart") return event["expected"] === false;
  if (type === "worker") return edge === "lost";
  if (type === "health") return event["ok"] === false;
  return type === "control" || type === "residue";
}
