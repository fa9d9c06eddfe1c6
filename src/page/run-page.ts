/** The page of one run: it follows the stream, draws the view and passes on what people do. */
import type { LiveFrame, LiveState, RequestTable } from "../api/live.ts";
import type { CourseChoice } from "../view/course-section.ts";
import { isOver } from "../view/head.ts";
import { logAsText } from "../view/log.ts";
import { sortBy } from "../view/rows.ts";
import { RunPageTree } from "../view/run-page.ts";
import { WatchedRun } from "../view/watched-run.ts";
import { el, type ViewNode } from "../view.ts";
import { type ApiAnswer, describeProblem, get } from "./api.ts";
import { Choices } from "./choices.ts";
import { actOnRun } from "./control/act.ts";
import { CourseCanvas } from "./course.ts";
import { Drawing, type PageFrame } from "./frame.ts";
import { PendingControls } from "./pending-controls.ts";
import { LiveStream } from "./stream.ts";
import { onThemeChange } from "./theme.ts";
import { Watch } from "./watch.ts";

const TICK_MS = 500;
/** How far the clock may go on without a frame; beyond that, time stands still as long as nothing is known. */
const AHEAD_MS_MAX = 1500;

export class RunPage {
  readonly #frame: PageFrame;
  readonly #id: string;
  readonly #tree = new RunPageTree();
  readonly #drawing: Drawing;
  readonly #choices: Choices;
  readonly #asked: PendingControls;
  readonly #watch: Watch;
  readonly #stream: LiveStream;
  #run: WatchedRun | null = null;
  #frameAt = 0;
  #found: RequestTable | null = null;
  #older: LiveState["events"] = [];
  #canvas: CourseCanvas | null = null;
  #announced = "";

  constructor(frame: PageFrame, id: string) {
    this.#frame = frame;
    this.#id = id;
    this.#drawing = new Drawing(
      frame.root,
      () => this.#render(),
      () => this.#drawn(),
    );
    this.#choices = new Choices(() => this.draw());
    this.#asked = new PendingControls(() => this.draw());
    this.#watch = new Watch(() => this.#stream.reopen());
    this.#listen();
    setInterval(() => this.#tick(), TICK_MS);
    this.#stream = new LiveStream(id, {
      frame: (each) => this.#take(each),
      connection: (isLive) => {
        this.#watch.connection(isLive);
        this.draw();
      },
    });
  }

  draw(): void {
    this.#drawing.ask();
  }

  #listen(): void {
    const { root } = this.#frame;
    root.addEventListener("click", (event) => this.#click(event));
    root.addEventListener("input", (event) => this.#input(event));
    addEventListener("resize", () => this.draw());
    document.addEventListener("visibilitychange", () => this.#drawing.ask());
    onThemeChange(() => this.recolour());
  }

  recolour(): void {
    this.#canvas?.forgetColours();
    this.draw();
  }

  #take(frame: LiveFrame): void {
    if (this.#run === null && frame.event === "snapshot") {
      this.#run = new WatchedRun(frame.data);
      this.#drawing.now();
      this.#goToExperiment();
    } else this.#run?.apply(frame);
    this.#frameAt = performance.now();
    this.#watch.frame(this.#run !== null && isOver(this.#run.state));
    this.#asked.frame(frame);
    if (frame.event === "rows" || frame.event === "snapshot") void this.#findRequests();
    this.#announce(frame);
    if (URGENT.has(frame.event)) this.#canvas?.hurry();
    this.draw();
  }

  /** Returns the run's clock, which goes on between two frames. It never reads this machine's wall clock. */
  #nowMs({ nowMs, run }: LiveState): number {
    if (isOver({ run }) || !this.#watch.isLive) return nowMs;
    return nowMs + Math.min(AHEAD_MS_MAX, performance.now() - this.#frameAt);
  }

  #tick(): void {
    this.#watch.tick();
    if (this.#run !== null && !isOver(this.#run.state)) this.draw();
    else if (this.#run === null) this.draw();
  }

  #render(): ViewNode[] {
    const connection = this.#watch.view();
    if (this.#run === null) {
      const says = connection.says ?? `Opening run ${this.#id} ...`;
      return [el("main", { class: "empty", key: "opening" }, el("p", { role: "status" }, says))];
    }
    return this.#tree.render({
      run: this.#run,
      nowMs: this.#nowMs(this.#run.state),
      choice: this.#choices.value,
      rights: this.#frame.session(),
      connection,
      asked: this.#asked.list,
      found: this.#found,
      notice: this.#watch.notice,
      older: this.#older,
    });
  }

  #drawn(): void {
    const canvas = this.#frame.root.querySelector("canvas");
    if (canvas === null || this.#run === null) return;
    const run = this.#run;
    document.title = `${TITLES[run.state.sentence.level]}${run.state.run.plan}`;
    if (this.#canvas?.canvas !== canvas) {
      this.#canvas = new CourseCanvas(canvas, {
        read: () => ({
          state: { ...run.state, nowMs: this.#nowMs(run.state) },
          columns: run.columns,
          choice: this.#choices.value.course,
        }),
        change: (course) => this.#choices.course(course),
      });
    }
    this.#canvas.paint();
  }

  /** Reads out what changed for users; a ticking figure is no news. */
  #announce(frame: LiveFrame): void {
    const says = this.#run?.state.sentence.says ?? "";
    const news = says.replaceAll(/\d[\d.,:]*/g, "");
    if (news !== this.#announced && (frame.event === "state" || frame.event === "snapshot")) {
      this.#announced = news;
      this.#frame.announce(says);
    }
    if (frame.event === "event" && frame.data.entry.kind === "fault" && frame.data.entry.event["edge"] === "bit")
      this.#frame.announce(frame.data.entry.says ?? "");
  }

  #goToExperiment(): void {
    const target = /^#exp-\d+$/.test(location.hash) ? document.getElementById(location.hash.slice(1)) : null;
    target?.scrollIntoView({ block: "center" });
    target?.focus({ preventScroll: true });
  }

  /** The stream has the 200 most frequent requests; where there are more, the server sorts and filters. */
  async #findRequests(): Promise<void> {
    const table = this.#run?.state.requests;
    if (table === undefined || document.hidden) return;
    if (table.total <= table.rows.length) {
      this.#found = null;
      return;
    }
    const { filter, sorting } = this.#choices.value.requests;
    const sort = SORTED_BY_SERVER.has(sorting.column) ? sorting.column : "requests";
    const query = new URLSearchParams({ sort, limit: "200", ...(filter !== "" && { filter }) });
    const answer = await get<RequestTable>(`/runs/${this.#id}/requests?${query}`);
    if (!answer.ok) return;
    this.#found = answer.value;
    this.draw();
  }

  #input({ target }: Event): void {
    if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement)) return;
    const { requests, log } = this.#choices.value;
    if (target.dataset["do"] === "filter-requests") this.#choices.requests({ ...requests, filter: target.value });
    if (target.dataset["do"] === "filter-log") this.#choices.log({ ...log, filter: target.value });
    if (target.dataset["do"] === "log-kind") this.#choices.log({ ...log, kind: target.value });
    if (target.dataset["do"] === "filter-requests") void this.#findRequests();
  }

  #click({ target }: Event): void {
    const button = target instanceof Element ? target.closest("[data-do]") : null;
    if (!(button instanceof HTMLElement) || this.#run === null) return;
    const { do: action = "", value = "", control } = button.dataset;
    if (button.ariaDisabled === "true") return this.#frame.announce(button.title);
    if (action === "sort-requests") this.#sort(value);
    else if (action === "range") this.#choices.course({ range: value as CourseChoice["range"], zoom: null });
    else if (action === "follow") this.#choices.course({ zoom: null });
    else if (action === "course-table") this.#choices.toggleTable();
    else if (action === "older-events") void this.#readOlder(this.#run);
    else if (action === "copy-log") void this.#copyLog(this.#run);
    else if (action === "control" || action === "more") this.#control(control ?? action, value, this.#run);
  }

  #sort(column: string): void {
    const { requests } = this.#choices.value;
    this.#choices.requests({ ...requests, sorting: sortBy(requests.sorting, column, column === "name") });
    void this.#findRequests();
  }

  #control(control: string, value: string, run: WatchedRun): void {
    void actOnRun(control, value, {
      dialog: this.#frame.dialog,
      run: this.#id,
      state: () => run.state,
      asked: (says) => this.#asked.add(says),
      rights: () => this.#frame.session(),
      complain: (says) => this.#frame.complain(says),
      recolour: () => this.recolour(),
    });
  }

  /** Reads all events before those of the live state. */
  async #readOlder({ state }: WatchedRun): Promise<void> {
    const first = state.events[0]?.seq ?? 1;
    const events: LiveState["events"] = [];
    let after: number | null = 0;
    while (after !== null && events.length < EVENTS_MOST) {
      const path: string = `/runs/${this.#id}/events?after=${after}&limit=500`;
      const answer: ApiAnswer<{ events: LiveState["events"] }> = await get(path);
      if (!answer.ok) return this.#frame.complain(describeProblem(answer));
      const page: LiveState["events"] = answer.value.events.filter(({ seq }) => seq < first);
      events.push(...page);
      after = page.length === 500 ? (page.at(-1)?.seq ?? null) : null;
    }
    this.#older = events;
    this.draw();
  }

  async #copyLog({ state }: WatchedRun): Promise<void> {
    const startedAtMs = state.run.startedAt === null ? null : Date.parse(state.run.startedAt);
    const view = { events: [...this.#older, ...state.events], choice: this.#choices.value.log, hasOlder: false };
    await navigator.clipboard.writeText(logAsText(view, startedAtMs)).then(
      () => this.#frame.announce("The log was copied."),
      () => this.#frame.complain("The browser does not let this page copy. The log is also at /api/v1."),
    );
  }
}

/** What changes the picture at once; seconds come each second anyway. */
const URGENT: ReadonlySet<LiveFrame["event"]> = new Set(["snapshot", "outage", "event"]);

/** Older events beyond this many are left to the API. */
const EVENTS_MOST = 20_000;

const SORTED_BY_SERVER = new Set(["requests", "failed", "name", "p95Ms", "p99Ms", "maxMs", "perSecond"]);

const TITLES: Readonly<Record<LiveState["sentence"]["level"], string>> = {
  waiting: "… ",
  fine: "",
  fault: "▲ ",
  down: "■ DOWN ",
  ending: "… ",
  pass: "✓ pass: ",
  unknown: "? unknown: ",
  fail: "✗ fail: ",
  died: "✗ died: ",
};
