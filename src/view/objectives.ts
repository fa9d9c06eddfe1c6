/** Objectives: what was asked, what was measured so far, and the margin. Nothing is green before the run is judged. */
import type { LiveObjective, LiveState } from "../api/live.ts";
import { el, type ViewElement } from "../view.ts";
import { pill } from "./button.ts";
import { figure, NOTHING, percent } from "./figures.ts";

type Kind = "pass" | "fail" | "unknown" | "plain";

const STATES: Readonly<Record<LiveObjective["state"], { readonly word: string; readonly kind: Kind }>> = {
  open: { word: "open", kind: "plain" },
  "met-so-far": { word: "met so far", kind: "plain" },
  "missed-so-far": { word: "missed so far", kind: "fail" },
  pass: { word: "pass", kind: "pass" },
  unknown: { word: "unknown", kind: "unknown" },
  fail: { word: "fail", kind: "fail" },
};

/** Missed first, then what is not known, then what is open, then what is met. */
const ORDER: readonly LiveObjective["state"][] = ["fail", "missed-so-far", "unknown", "open", "met-so-far", "pass"];

/** Returns the objectives in the order to show them; equal ones keep the plan's order. */
export function inOrder(objectives: readonly LiveObjective[]): LiveObjective[] {
  return [...objectives].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
}

/** Counts for the line beside the sentence: "9 met, 0 missed, 15 open so far". */
export function countObjectives(objectives: readonly LiveObjective[], isJudged: boolean): string {
  if (objectives.length === 0) return "no objectives";
  const number = (...states: LiveObjective["state"][]) =>
    objectives.filter(({ state }) => states.includes(state)).length;
  if (isJudged) return `${number("pass")} pass, ${number("unknown")} unknown, ${number("fail")} fail`;
  return `so far: ${number("met-so-far", "pass")} met, ${number("missed-so-far", "fail")} missed, ${number("open", "unknown")} open`;
}

export function renderObjectives({ objectives, verdict }: Pick<LiveState, "objectives" | "verdict">): ViewElement {
  const rows = inOrder(objectives).map(renderObjective);
  const note =
    verdict === null
      ? "Read “so far”: only the evidence is judged, after the ledger is read."
      : "As the verdict has it.";
  return el(
    "section",
    { class: "objectives", "aria-label": "Objectives", key: "objectives" },
    el("h2", {}, "Objectives"),
    objectives.length === 0
      ? el("p", { class: "dim" }, "The plan sets no objectives.")
      : [el("p", { class: "dim" }, note), el("ul", { tabindex: "0", "aria-label": "Objectives, missed first" }, rows)],
  );
}

function renderObjective(objective: LiveObjective): ViewElement {
  const { word, kind } = STATES[objective.state];
  const { margin } = objective;
  return el(
    "li",
    { key: objective.id, class: `objective ${kind}`, title: objective.because },
    el("div", {}, pill(word, kind), " ", el("span", {}, objective.says)),
    el(
      "div",
      { class: "dim figures" },
      el("span", {}, "asked ", el("b", {}, objective.asked)),
      el("span", {}, verbOf(objective.state), el("b", {}, soFar(objective))),
      margin !== null && el("span", {}, "margin ", el("b", {}, percent(margin)), marginBar(margin, kind)),
    ),
  );
}

function verbOf(state: LiveObjective["state"]): string {
  return state === "pass" || state === "fail" || state === "unknown" ? "measured " : "so far ";
}

/** Formats what was measured: a value, a range, or a dash where there is no evidence. */
export function soFar({ soFar: measured, unit }: Pick<LiveObjective, "soFar" | "unit">): string {
  if (measured === null) return NOTHING;
  const { value, lower, upper } = measured;
  const suffix = unit === "" ? "" : ` ${unit}`;
  if (lower !== null && upper !== null && lower !== upper) return `${figure(lower)} to ${figure(upper)}${suffix}`;
  if (value === null && lower !== null && upper === null) return `over ${figure(lower)}${suffix}`;
  return `${figure(value ?? lower ?? upper)}${suffix}`;
}

/** A bar of what is left of the bound. */
function marginBar(margin: number, kind: Kind): ViewElement {
  const left = Math.round(100 * Math.min(1, Math.max(0, margin)));
  return el("span", { class: `bar ${kind}`, "aria-hidden": "true" }, el("i", { style: `width: ${left}%` }));
}
