/** Starts a plan or a load. A plan is checked first, so that nobody breaks what they did not expect to touch. */
import type { z } from "zod";
import type { CheckAnswer, plansSchema, scriptsSchema } from "../api/bodies.ts";
import type { RunResource } from "../api/run.ts";
import { renderStart, type StartView } from "../view/start.ts";
import type { ViewNode } from "../view.ts";
import { call, describeProblem, get } from "./api.ts";
import { Drawing, type PageFrame } from "./frame.ts";

type Changing = { -readonly [Key in keyof StartView]: StartView[Key] };

export class StartPage {
  readonly #frame: PageFrame;
  readonly #drawing: Drawing;
  #view: Omit<Changing, "rights"> = {
    plans: [],
    plansFolder: null,
    scripts: [],
    scriptsFolder: null,
    plan: "",
    checked: null,
    isChecking: false,
    troubles: { plan: null, load: null },
  };

  constructor(frame: PageFrame) {
    this.#frame = frame;
    this.#drawing = new Drawing(frame.root, () => this.#render());
    frame.root.addEventListener("click", (event) => this.#click(event));
    frame.root.addEventListener("input", (event) => this.#input(event));
    frame.root.addEventListener("submit", (event) => event.preventDefault());
    document.title = "Start: Gameday";
    void this.#read();
  }

  draw(): void {
    this.#drawing.ask();
  }

  #render(): ViewNode[] {
    return renderStart({ ...this.#view, rights: this.#frame.session() });
  }

  async #read(): Promise<void> {
    this.draw();
    const [plans, scripts] = await Promise.all([
      get<z.infer<typeof plansSchema>>("/plans"),
      get<z.infer<typeof scriptsSchema>>("/scripts"),
    ]);
    if (plans.ok) {
      this.#view.plans = plans.value.plans;
      this.#view.plansFolder = plans.value.folder;
      this.#view.plan = plans.value.plans[0]?.file ?? "";
    } else this.#frame.complain(describeProblem(plans));
    if (scripts.ok) {
      this.#view.scripts = scripts.value.scripts.map(({ file }) => file);
      this.#view.scriptsFolder = scripts.value.folder;
    }
    this.draw();
  }

  #input({ target }: Event): void {
    if (!(target instanceof HTMLSelectElement) || target.name !== "plan") return;
    this.#view.plan = target.value;
    this.#view.checked = null;
    this.draw();
  }

  #click({ target }: Event): void {
    const button = target instanceof Element ? target.closest("[data-do=control]") : null;
    if (!(button instanceof HTMLElement)) return;
    if (button.ariaDisabled === "true") return this.#frame.announce(button.title);
    const { control } = button.dataset;
    if (control === "check-plan") void this.#check();
    if (control === "start-plan") void this.#startPlan();
    if (control === "start-load") void this.#startLoad();
  }

  async #check(): Promise<void> {
    if (this.#view.isChecking) return;
    this.#view.isChecking = true;
    this.#trouble("plan", null);
    const { seed } = this.#values("plan");
    const body = { plan: this.#view.plan, ...(seed && { seed }) };
    const answer = await call<CheckAnswer>("POST", "/plans/check", { body });
    this.#view.isChecking = false;
    this.#view.checked = answer.ok ? answer.value : null;
    this.#trouble("plan", answer.ok ? null : describeProblem(answer));
  }

  async #startPlan(): Promise<void> {
    const { seed, confirm } = this.#values("plan");
    const body = { plan: this.#view.plan, ...(seed && { seed }), ...(confirm && { confirm }) };
    this.#opened("plan", await call<RunResource>("POST", "/runs", { body }));
  }

  async #startLoad(): Promise<void> {
    const { script, host, users, spawnRate, seconds } = this.#values("load");
    const body = {
      script,
      host,
      users: Number(users),
      ...(spawnRate && { spawnRate: Number(spawnRate) }),
      ...(seconds && { seconds: Number(seconds) }),
    };
    this.#opened("load", await call<RunResource>("POST", "/loads", { body }));
  }

  #opened(form: "plan" | "load", answer: Awaited<ReturnType<typeof call<RunResource>>>): void {
    if (answer.ok) location.assign(`/runs/${encodeURIComponent(answer.value.id)}`);
    else this.#trouble(form, describeProblem(answer));
  }

  #trouble(form: "plan" | "load", says: string | null): void {
    this.#view.troubles = { ...this.#view.troubles, [form]: says };
    this.draw();
  }

  #values(form: "plan" | "load"): Readonly<Record<string, string>> {
    const element = this.#frame.root.querySelector(`form[data-form=${form}]`);
    if (!(element instanceof HTMLFormElement)) return {};
    return Object.fromEntries([...new FormData(element)].map(([name, value]) => [name, String(value).trim()]));
  }
}
