/** The head of a run's page: its name, phase and clock, the controls, and the one sentence. */
import type { LiveState } from "../api.ts";
import { el, type ViewElement } from "../view.ts";
import { controlButton, type PageRights, plainButton } from "./button.ts";
import { clock } from "./figures.ts";
import { countObjectives } from "./objectives.ts";

export interface PageConnection {
  /** Whether frames arrive. */
  readonly state: "connecting" | "live" | "lost";
  /** What to say about it, in words; null if there is nothing to say. */
  readonly says: string | null;
}

export interface HeadView {
  readonly state: LiveState;
  readonly rights: PageRights;
  readonly connection: PageConnection;
  /** What was asked for and is not yet seen in the stream. */
  readonly asked: readonly string[];
}

const IS_OVER: readonly LiveState["run"]["state"][] = ["ended", "died", "damaged"];

export function isOver({ run }: Pick<LiveState, "run">): boolean {
  return IS_OVER.includes(run.state);
}

export function renderHead(view: HeadView): ViewElement {
  const { run } = view.state;
  const connection = { connecting: "connecting", live: isOver(view.state) ? "over" : "live", lost: "not connected" };
  return el(
    "header",
    { key: "head" },
    el(
      "div",
      { class: "who" },
      el("h1", {}, run.plan),
      el("span", { class: "phase" }, phaseOf(view.state)),
      el("span", { class: "dim" }, `${run.platform}, seed ${run.seed}`),
      el("span", { class: `dot ${view.connection.state}` }, connection[view.connection.state]),
      view.asked.map((says) => el("span", { class: "asked", role: "status" }, `requested: ${says}`)),
    ),
    renderControls(view),
  );
}

/** Returns "experiments 12:09 of about 50:00". */
export function phaseOf({ run, nowMs, phases }: Pick<LiveState, "run" | "nowMs" | "phases">): string {
  const word =
    run.state === "running"
      ? (phases.findLast(({ toMs }) => toMs === null)?.phase ?? run.phase ?? "starting")
      : run.state;
  const length = run.expectedMs === null || isOver({ run }) ? "" : ` of about ${clock(run.expectedMs)}`;
  return `${word.replaceAll("-", " ")} ${clock(nowMs)}${length}`;
}

function renderControls({ state, rights }: HeadView): ViewElement {
  const shared = { permissions: state.controls, rights };
  const running = !isOver(state);
  return el(
    "div",
    { class: "controls", role: "group", "aria-label": "Controls" },
    running && controlButton({ ...shared, control: "change-load" }),
    running && controlButton({ ...shared, control: "inject" }),
    running && controlButton({ ...shared, control: "stop", kind: "danger" }),
    plainButton("more", "More", { "aria-haspopup": "dialog" }),
  );
}

export function renderSentence({ state }: HeadView): ViewElement {
  const { sentence } = state;
  return el(
    "section",
    { class: `sentence ${sentence.level}`, "aria-label": "The state in one sentence", key: "sentence" },
    el("p", {}, el("span", { class: "shape", "aria-hidden": "true" }, SHAPES[sentence.level]), sentence.says),
    el("p", { class: "dim counts" }, countObjectives(state.objectives, state.verdict !== null)),
  );
}

const SHAPES: Readonly<Record<LiveState["sentence"]["level"], string>> = {
  waiting: "… ",
  fine: "",
  fault: "▲ ",
  down: "■ ",
  ending: "… ",
  pass: "✓ ",
  unknown: "? ",
  fail: "✗ ",
  died: "✗ ",
};
