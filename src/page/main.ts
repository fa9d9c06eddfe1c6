/** The entry of the page's script: it takes the right to control, chooses the page by the address, and draws what all pages share. */
import type { RunList } from "../api/run.ts";
import { renderNoRuns } from "../view/runs.ts";
import { renderTop } from "../view/top.ts";
import { el } from "../view.ts";
import { describeProblem, get, onTokenRefused } from "./api.ts";
import { ComparePage } from "./compare-page.ts";
import { keysDialog } from "./control/keys.ts";
import { releaseSwitch, type Switch, throwSwitch } from "./control/machine.ts";
import { Dialog } from "./dialog.ts";
import type { PageFrame } from "./frame.ts";
import { patch } from "./patch.ts";
import { RunPage } from "./run-page.ts";
import { RunsPage } from "./runs-page.ts";
import { beginSession, endSession, type PageSession } from "./session.ts";
import { StartPage } from "./start-page.ts";
import { applyTheme } from "./theme.ts";

const SWITCH_MS = 5000;
const LATEST_MS = 2000;

class Shell {
  readonly #top = element("top");
  readonly #root = element("page");
  readonly #live = element("announce");
  readonly #dialog = new Dialog(element("dialog") as HTMLDialogElement);
  #session: PageSession = { name: null, readOnlyBecause: "the page is being opened" };
  #switch: Switch | null = null;
  #complaint: string | null = null;

  async start(): Promise<void> {
    applyTheme();
    this.#session = await beginSession();
    onTokenRefused(() => {
      this.#session = endSession();
      this.#drawTop();
    });
    this.#drawTop();
    document.addEventListener("click", (event) => this.#click(event));
    document.addEventListener("keydown", (event) => this.#key(event));
    setInterval(() => void this.#readSwitch(), SWITCH_MS);
    void this.#readSwitch();
    await this.#route();
  }

  async #route(): Promise<void> {
    const run = /^\/runs\/([^/]+)$/.exec(location.pathname)?.[1];
    const frame = this.#frame();
    if (run !== undefined) new RunPage(frame, decodeURIComponent(run));
    else if (location.pathname === "/runs") new RunsPage(frame);
    else if (location.pathname === "/compare") new ComparePage(frame);
    else if (location.pathname === "/start") new StartPage(frame);
    else await this.#latest(frame);
  }

  /** Opens the run in progress, or else the newest; while there is none, it waits for the first. */
  async #latest(frame: PageFrame): Promise<void> {
    const answer = await get<RunList>("/runs?limit=10");
    const runs = answer.ok ? answer.value.runs : [];
    const run = runs.find(({ state }) => state === "running" || state === "stopping") ?? runs[0];
    if (run !== undefined) {
      new RunPage(frame, run.id);
      return;
    }
    const says = answer.ok ? renderNoRuns() : el("p", { role: "status" }, describeProblem(answer));
    patch(this.#root, [el("main", { id: "main", class: "empty", key: "none", tabindex: "-1" }, says)]);
    setTimeout(() => void this.#latest(frame), LATEST_MS);
  }

  #frame(): PageFrame {
    return {
      root: this.#root,
      dialog: this.#dialog,
      session: () => this.#session,
      announce: (says) => {
        this.#live.textContent = says;
      },
      complain: (says) => {
        this.#complaint = says;
        this.#drawTop();
      },
    };
  }

  async #readSwitch(): Promise<void> {
    if (document.hidden) return;
    const answer = await get<Switch>("/switch");
    if (answer.ok) this.#switch = answer.value;
    this.#drawTop();
  }

  #drawTop(): void {
    const { name } = this.#session;
    const view = { path: location.pathname, rights: this.#session, name, complaint: this.#complaint };
    patch(this.#top, renderTop({ ...view, killSwitch: this.#switch }));
  }

  #click({ target }: Event): void {
    const button = target instanceof Element ? target.closest("[data-do]") : null;
    if (!(button instanceof HTMLElement)) return;
    const { do: action, control, value } = button.dataset;
    if (action === "dismiss") this.#frame().complain(null);
    if (control === "kill-switch" && button.ariaDisabled !== "true") this.#killSwitch(value === "release");
  }

  /** One click is enough to stop everything; to release it takes a second one. */
  #killSwitch(isRelease: boolean): void {
    if (isRelease) return releaseSwitch(this.#dialog, () => void this.#readSwitch());
    void throwSwitch().then((trouble) => {
      this.#complaint = trouble;
      return this.#readSwitch();
    });
  }

  #key({ key, target }: KeyboardEvent): void {
    const types = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
    if (key === "?" && !types && !this.#dialog.isOpen) this.#dialog.open(keysDialog());
  }
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`expected an element with the id ${id}, got none`);
  return found;
}

void new Shell().start();
