/** The list of runs: it is read again every few seconds, so that a run that begins appears by itself. */
import type { RunList, RunSummary } from "../api/run.ts";
import { renderRuns } from "../view/runs.ts";
import { el, type ViewNode } from "../view.ts";
import { describeProblem, get } from "./api.ts";
import { Drawing, type PageFrame } from "./frame.ts";

const READ_AGAIN_MS = 5000;
const RUNS_FIRST = 50;

export class RunsPage {
  readonly #frame: PageFrame;
  readonly #drawing: Drawing;
  #runs: readonly RunSummary[] | null = null;
  #next: string | null = null;
  #chosen: readonly string[] = [];
  #filter = "";
  #trouble: string | null = null;

  constructor(frame: PageFrame) {
    this.#frame = frame;
    this.#drawing = new Drawing(frame.root, () => this.#render());
    frame.root.addEventListener("input", (event) => this.#input(event));
    frame.root.addEventListener("click", (event) => this.#click(event));
    setInterval(() => void this.#read(), READ_AGAIN_MS);
    document.title = "Runs: Gameday";
    void this.#read();
  }

  draw(): void {
    this.#drawing.ask();
  }

  #render(): ViewNode[] {
    if (this.#runs === null) {
      return [
        el(
          "main",
          { class: "empty", key: "opening" },
          el("p", { role: "status" }, this.#trouble ?? "Reading the runs ..."),
        ),
      ];
    }
    return renderRuns({ runs: this.#runs, chosen: this.#chosen, filter: this.#filter, hasMore: this.#next !== null });
  }

  /** Reads the newest runs; older ones that were read before stay. */
  async #read(): Promise<void> {
    if (document.hidden) return;
    const answer = await get<RunList>(`/runs?limit=${RUNS_FIRST}`);
    this.#trouble = answer.ok ? null : describeProblem(answer);
    if (answer.ok) this.#take(answer.value, this.#runs === null);
    this.draw();
  }

  async #readMore(): Promise<void> {
    if (this.#next === null) return;
    const answer = await get<RunList>(this.#next.replace(/^\/api\/v1/, ""));
    if (answer.ok) this.#take(answer.value, true);
    else this.#frame.complain(describeProblem(answer));
    this.draw();
  }

  #take(list: RunList, movesOn: boolean): void {
    const byId = new Map([...(this.#runs ?? []), ...list.runs].map((run) => [run.id, run]));
    const fresh = new Set(list.runs.map(({ id }) => id));
    const older = [...byId.values()].filter(({ id }) => !fresh.has(id));
    this.#runs = movesOn ? [...older, ...list.runs] : [...list.runs, ...older];
    if (movesOn) this.#next = list.next;
  }

  #input({ target }: Event): void {
    if (!(target instanceof HTMLInputElement)) return;
    if (target.dataset["do"] === "filter-runs") this.#filter = target.value;
    if (target.dataset["do"] === "choose-run") this.#choose(target.dataset["value"] ?? "", target.checked);
    this.draw();
  }

  /** Keeps the last two that were chosen, the older run first. */
  #choose(id: string, isChosen: boolean): void {
    const others = this.#chosen.filter((each) => each !== id);
    const chosen = isChosen ? [...others, id].slice(-2) : others;
    const startOf = (run: string) => this.#runs?.find((each) => each.id === run)?.startedAt ?? "";
    this.#chosen = chosen.sort((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
  }

  #click({ target }: Event): void {
    if (target instanceof Element && target.closest("[data-do=more-runs]") !== null) void this.#readMore();
  }
}
