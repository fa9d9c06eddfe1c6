/** The page of one run, as one tree. */
import type { LiveState, RequestTable } from "../api/live.ts";
import { el, type ViewElement, type ViewNode } from "../view.ts";
import type { PageRights } from "./button.ts";
import { type CourseChoice, renderCourse } from "./course-section.ts";
import { renderExperiments } from "./experiments.ts";
import { type HeadView, type PageConnection, renderHead, renderSentence } from "./head.ts";
import { type LogChoice, renderLog } from "./log.ts";
import { renderObjectives } from "./objectives.ts";
import { renderRequests, type TableChoice } from "./requests.ts";
import { renderStrip } from "./strip.ts";
import { renderFailures, renderWorkers } from "./tables.ts";
import { renderTiles } from "./tiles.ts";
import { renderVerdict } from "./verdict.ts";
import type { WatchedRun } from "./watched-run.ts";

/** What a person has chosen on this page; it survives a reload. */
export interface RunChoice {
  readonly course: CourseChoice;
  readonly requests: TableChoice;
  readonly log: LogChoice;
}

export const FIRST_CHOICE: RunChoice = {
  course: { range: "all", zoom: null, cursorS: null, showsTable: false },
  requests: { filter: "", sorting: { column: "requests", descending: true } },
  log: { kind: "", filter: "" },
};

export interface RunPageView {
  readonly run: WatchedRun;
  /** The run's clock now, which goes on between two frames. */
  readonly nowMs: number;
  readonly choice: RunChoice;
  readonly rights: PageRights;
  readonly connection: PageConnection;
  readonly asked: readonly string[];
  /** All requests that match, where the run has more names than its stream sends. */
  readonly found: RequestTable | null;
  readonly notice: string | null;
  /** Events before those of the live state, oldest first. */
  readonly older: LiveState["events"];
}

/** Draws the page of one run again and again. Tables whose rows did not change are the same trees as before, which costs nothing. */
export class RunPageTree {
  readonly #requests = remember((table: RequestTable, choice: TableChoice) => renderRequests({ ...table, choice }));
  readonly #failures = remember(renderFailures);
  readonly #workers = remember(renderWorkers);
  readonly #objectives = remember((objectives: LiveState["objectives"], verdict: LiveState["verdict"]) =>
    renderObjectives({ objectives, verdict }),
  );
  readonly #log = remember((events: LiveState["events"], older: LiveState["events"], choice: LogChoice) =>
    renderLog({ events: [...older, ...events], choice, hasOlder: (older[0] ?? events[0])?.seq !== 1 }),
  );

  render(view: RunPageView): ViewNode[] {
    const { run, nowMs, choice, rights, connection, asked } = view;
    const state = { ...run.state, nowMs };
    // What is asked for while nothing is heard of the run could not be seen to happen.
    const usable = connection.state === "lost" ? { readOnlyBecause: "the page is not connected" } : rights;
    const head: HeadView = { state, rights: usable, connection, asked };
    return [
      renderHead(head),
      ...bannersOf(view),
      el(
        "main",
        { id: "main", class: connection.state === "lost" ? "run stale" : "run", tabindex: "-1", key: "main" },
        renderSentence(head),
        renderStrip(state),
        renderTiles(state, run.columns),
        renderCourse(state, run.columns, choice.course),
        el(
          "div",
          { class: "side", key: "side" },
          renderVerdict(state),
          renderExperiments({ state, rights: usable }),
          this.#objectives(state.objectives, state.verdict),
        ),
        this.#log(state.events, view.older, choice.log),
        this.#requests(view.found ?? state.requests, choice.requests),
        this.#failures(state.failures),
        this.#workers(state.workers),
      ),
    ];
  }
}

/** Returns a function that returns its last result again while it is called with the same values. */
function remember<Values extends readonly unknown[]>(render: (...values: Values) => ViewElement): typeof render {
  let last: { readonly values: Values; readonly tree: ViewElement } | null = null;
  return (...values) => {
    const before = last;
    if (before?.values.every((value, n) => value === values[n])) return before.tree;
    last = { values, tree: render(...values) };
    return last.tree;
  };
}

/** Returns what a person must know before reading the figures. */
function bannersOf({ connection, run, rights, notice }: RunPageView): ViewNode[] {
  const { trouble } = run.state.run;
  const banner = (key: string, kind: string, says: string, role: string) =>
    el("p", { key, class: `banner ${kind}`, role }, says);
  return [
    ...(connection.says === null
      ? []
      : [banner("gone", connection.state === "lost" ? "bad" : "plain", connection.says, "alert")]),
    ...(run.gone === null
      ? []
      : [banner("folder", "bad", `The run's folder cannot be read any more: ${run.gone}.`, "alert")]),
    ...(trouble === null ? [] : [banner("trouble", "bad", trouble, "status")]),
    ...(rights.readOnlyBecause === null
      ? []
      : [banner("read-only", "plain", `Read-only: ${rights.readOnlyBecause}.`, "note")]),
    ...(notice === null ? [] : [banner("notice", "plain", notice, "status")]),
  ];
}
