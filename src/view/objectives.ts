/** Objectives: what was asked, what was measured so far, and the margin. Nothing is green before the run is judged. */
import type { LiveObjective, LiveState } from "../api/live.ts";
import { measuredWords } from "../objective/words.ts";
import { el, type ViewElement } from "../view.ts";
import { pill } from "./button.ts";
import { figure, NOTHING, percent } from "./figures.ts";
import { objectiveBar } from "./objective-bar.ts";

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
      ? "These are marked “so far”, because a run is judged only after the ledger has been read."
      : "These are as in the verdict.";
  return el(
    "section",
    { class: "objectives", "aria-label": "Objectives", key: "objectives" },
    el("h2", {}, "Objectives"),
    objectives.length === 0
      ? el("p", { class: "dim" }, "The plan sets no objectives.")
      : [el("p", { class: "dim" }, note), el("ul", { tabindex: "0", "aria-label": "Objectives, missed first" }, rows)],
  );
}

/** Returns one objective as an item of a list. */
export function renderObjective(objective: LiveObjective): ViewElement {
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
      margin !== null && el("span", {}, "margin ", el("b", {}, percent(margin))),
      objectiveBar(objective, kind),
      renderTrend(objective),
    ),
  );
}

function verbOf(state: LiveObjective["state"]): string {
  return state === "pass" || state === "fail" || state === "unknown" ? "measured " : "so far ";
}

/** Formats what was measured: a value, a range, or a dash where there is no evidence. */
export function soFar({
  soFar: measured,
  unit,
  measure = "",
}: Pick<LiveObjective, "soFar" | "unit"> & Partial<Pick<LiveObjective, "measure">>): string {
  if (measured === null) return NOTHING;
  const { value, lower, upper } = measured;
  if (lower === null) return value === null ? NOTHING : measuredWords({ measured: { value }, unit, measure });
  const range = { lower, upper, ...(value !== null && { value }) };
  return measuredWords({ measured: lower === upper ? { value: lower } : range, unit, measure });
}

const TREND = { width: 90, height: 16 } as const;

/** A line of what was measured at earlier moments, beside a dashed one for the bound; null for fewer than two moments. */
export function renderTrend({ trend, bound }: Pick<LiveObjective, "trend" | "bound">): ViewElement | null {
  const points = trend.flatMap(({ atMs, lower, upper }) => {
    const value = lower === null || upper === null ? (lower ?? upper) : (lower + upper) / 2;
    return value === null ? [] : [{ atMs, value }];
  });
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || first === last) return null;
  const bounds = Object.values(bound);
  const values = [...points.map(({ value }) => value), ...bounds];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const x = (atMs: number) => figure(((atMs - first.atMs) / (last.atMs - first.atMs || 1)) * TREND.width);
  const y = (value: number) => figure(1 + (1 - (value - least) / (most - least || 1)) * (TREND.height - 2));
  const line = points.map(({ atMs, value }) => `${x(atMs)},${y(value)}`).join(" ");
  return el(
    "svg",
    { class: "trend", viewBox: `0 0 ${TREND.width} ${TREND.height}`, "aria-hidden": "true" },
    bounds.map((value) => el("line", { class: "bound", x1: 0, x2: TREND.width, y1: y(value), y2: y(value) })),
    el("polyline", { points: line }),
  );
}
