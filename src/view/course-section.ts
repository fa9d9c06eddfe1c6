/** The section with the picture of the course: its buttons, the words for what the cursor is on, and the text alternative. */
import { el, type ViewElement } from "../view.ts";
import { plainButton } from "./button.ts";
import type { Columns } from "./columns.ts";
import type { CourseState } from "./course/picture.ts";
import { bandOf } from "./course/spans.ts";
import { clock, counted, duration, figure, list } from "./figures.ts";

export type ShownMinutes = "5" | "15" | "all";

export interface CourseChoice {
  readonly range: ShownMinutes;
  /** Set by zooming: it does not move with now. */
  readonly zoom: { readonly fromMs: number; readonly toMs: number } | null;
  /** The second under the cursor; null while there is none. */
  readonly cursorS: number | null;
  readonly showsTable: boolean;
}

type CourseWords = Pick<CourseState, "lanes" | "experiments" | "leaders" | "nowMs">;

/** Returns the stretch of time that is shown. */
export function shownSpan(choice: CourseChoice, nowMs: number): { fromMs: number; toMs: number } {
  if (choice.zoom !== null) return choice.zoom;
  const toMs = Math.max(nowMs, 10_000);
  if (choice.range === "all") return { fromMs: 0, toMs };
  return { fromMs: Math.max(0, toMs - Number(choice.range) * 60_000), toMs };
}

export function renderCourse(state: CourseWords, columns: Columns, choice: CourseChoice): ViewElement {
  const range = (value: ShownMinutes, label: string) =>
    plainButton("range", label, {
      "data-value": value,
      "aria-pressed": choice.zoom === null && choice.range === value ? "true" : "false",
    });
  return el(
    "section",
    { class: "course", "aria-label": "Course of the run", key: "course" },
    el(
      "div",
      { class: "heading" },
      el("h2", {}, "Course of the run"),
      range("5", "5 min"),
      range("15", "15 min"),
      range("all", "all"),
      choice.zoom !== null && plainButton("follow", "Follow now"),
      plainButton("course-table", choice.showsTable ? "Hide table" : "As a table", {
        "aria-expanded": choice.showsTable ? "true" : "false",
      }),
    ),
    el("canvas", {
      id: "course",
      key: "canvas",
      tabindex: "0",
      role: "img",
      "aria-label": `${describeCourse(state)} Arrow keys read out single seconds.`,
      "aria-describedby": "course-says",
    }),
    el("p", { id: "course-says", class: "dim", role: "status" }, describeSecond(state, columns, choice.cursorS)),
    choice.showsTable && renderSecondsTable(columns, shownSpan(choice, state.nowMs)),
  );
}

/** Returns the picture in words, for those who cannot see it. It changes with events, not with each second. */
export function describeCourse({ lanes, experiments, leaders }: CourseWords): string {
  const outages = lanes.map(({ id, outages: all, state }) => {
    const lengths = all.map(({ fromMs, toMs }) =>
      toMs === null ? `down since ${clock(fromMs)}` : `${duration(toMs - fromMs)} at ${clock(fromMs)}`,
    );
    const none = state === "no-data" ? "no data" : "no outage";
    return `${id}: ${all.length === 0 ? none : `${counted(all.length, "outage")}, ${list(lengths, 8)}`}`;
  });
  const faults = experiments.flatMap((experiment) => {
    const band = bandOf(experiment);
    if (band === null) return [];
    return [`${experiment.name} from ${clock(band.fromMs)} to ${band.toMs === null ? "now" : clock(band.toMs)}`];
  });
  const leads = leaders.map(({ role, spans }) => {
    const last = spans.at(-1);
    return `${role}: ${last === undefined || last.toMs !== null ? "none" : last.target}`;
  });
  return [
    `Faults: ${faults.length === 0 ? "none" : faults.join("; ")}.`,
    `Users by probe: ${outages.join("; ") || "no probes"}.`,
    leads.length === 0 ? "" : `Leaders: ${leads.join("; ")}.`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** Returns the figures of one second in words. */
export function describeSecond(state: CourseWords, columns: Columns, second: number | null): string {
  if (second === null) return "Point at the picture, or focus it and use the arrow keys, to read single seconds.";
  const at = (name: Parameters<Columns["at"]>[0]) => figure(columns.at(name, second));
  const atMs = second * 1000;
  const down = state.lanes.flatMap(({ id, outages }) =>
    outages
      .filter((o) => o.fromMs < atMs + 1000 && (o.toMs ?? state.nowMs) >= atMs)
      .map((o) => `${id} (${duration((o.toMs ?? state.nowMs) - o.fromMs)}${o.toMs === null ? " so far" : ""})`),
  );
  const broken = state.experiments
    .filter((experiment) => {
      const band = bandOf(experiment);
      return band !== null && band.fromMs < atMs + 1000 && (band.toMs ?? state.nowMs) >= atMs;
    })
    .map(({ name }) => name);
  return [
    `${clock(atMs)}: ${at("ok")} answered, ${at("failed")} failed a second`,
    `p50 ${at("p50Ms")}, p95 ${at("p95Ms")}, p99 ${at("p99Ms")} ms`,
    `${at("users")} of ${at("usersIntended")} users`,
    `${at("replicasReady")} of ${at("replicasWanted")} replicas`,
    down.length === 0 ? "nobody down" : `down: ${list(down, 6)}`,
    ...(broken.length === 0 ? [] : [`broken: ${list(broken)}`]),
  ].join("; ");
}

/** The most seconds of the table; it is read by people, and the API has all of them. */
const TABLE_SECONDS = 120;

function renderSecondsTable(columns: Columns, shown: { readonly fromMs: number; readonly toMs: number }): ViewElement {
  const last = Math.min(columns.length, Math.ceil(shown.toMs / 1000));
  const first = Math.max(0, columns.firstSecond, Math.floor(shown.fromMs / 1000), last - TABLE_SECONDS);
  const figures = ["ok", "failed", "p50Ms", "p95Ms", "p99Ms", "users", "replicasReady", "replicasWanted"] as const;
  const titles = ["time", "answered/s", "failed/s", "p50 ms", "p95 ms", "p99 ms", "users", "ready", "wanted"];
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, n) => last - 1 - n).map((second) =>
    el(
      "tr",
      { key: String(second) },
      el("th", { scope: "row" }, clock(second * 1000)),
      figures.map((name) => el("td", {}, figure(columns.at(name, second)))),
    ),
  );
  return el(
    "div",
    { class: "scroll short", tabindex: "0", role: "region", "aria-label": "Seconds as a table" },
    el(
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
      el("tbody", {}, rows),
    ),
  );
}
