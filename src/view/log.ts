/** The event log: newest first, filtered by kind and by words. The page begins with the last 300 events and reads older ones on demand. */
import type { LogEntry } from "../api/live.ts";
import { el, type ViewElement } from "../view.ts";
import { plainButton } from "./button.ts";
import { clock, count } from "./figures.ts";

export interface LogChoice {
  readonly kind: string;
  readonly filter: string;
}

export interface LogView {
  readonly events: readonly LogEntry[];
  readonly choice: LogChoice;
  /** Whether the run has events before these. */
  readonly hasOlder: boolean;
}

/** The most entries that are drawn at once. */
const ENTRIES_MOST = 300;

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
      return `${clock(atMs)}.${Math.floor((atMs % 1000) / 100)}  ${wall}${plainWords(says)}`;
    })
    .join("\n");
}

export function renderLog(view: LogView): ViewElement {
  const kinds = [...new Set(view.events.filter(({ says }) => says !== null).map(({ kind }) => kind))].sort();
  const options = ["", ...kinds].map((kind) =>
    el("option", { value: kind, selected: kind === view.choice.kind }, kind === "" ? "all kinds" : kind),
  );
  const entries = chooseEntries(view);
  const rows = entries
    .slice(0, ENTRIES_MOST)
    .map((entry) =>
      el(
        "li",
        { key: String(entry.seq), class: isHot(entry) ? "hot" : undefined },
        el("time", {}, clock(entry.atMs)),
        el("span", {}, plainWords(entry.says)),
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
    el(
      "p",
      { class: "dim" },
      entries.length > ENTRIES_MOST && `${count(entries.length - ENTRIES_MOST)} more: filter. `,
      view.hasOlder && plainButton("older-events", "Read the older events as well"),
    ),
  );
}

/** Returns the words of an event without the marks that set it off in a terminal. */
function plainWords(says: string): string {
  return says.replace(/^(==|--)?\s+/, "");
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
