/** The plan as a strip: phases and experiments in order, as wide as they are expected to last, with a marker for now. */
import type { LiveExperiment, LiveState } from "../api/live.ts";
import { el, type ViewElement } from "../view.ts";
import { clock, figure } from "./figures.ts";

type StripItem = LiveState["strip"][number];
type StripState = Pick<LiveState, "strip" | "phases" | "experiments" | "nowMs" | "run">;

interface Placed {
  readonly item: StripItem;
  readonly state: "done" | "now" | "planned" | "skipped";
  /** How far it is, from 0 to 1. */
  readonly progress: number;
}

/** The narrowest item, as a share of the strip, so that a short one can be seen and read. */
const NARROWEST = 0.02;

export function renderStrip(state: StripState): ViewElement {
  const placed = state.strip.map((item) => place(item, state));
  const widths = widthsOf(state.strip);
  let experiments = 0;
  const items = placed.map(({ item, state: is }, n) => {
    const share = widths[n] ?? 0;
    const label = item.kind === "experiment" ? item.name : item.name.replaceAll("-", " ");
    const number = item.kind === "experiment" ? ++experiments : null;
    const title = `${label}: ${WORDS[is]}, about ${clock(item.expectedMs)}`;
    const kinds = [
      `plan-${item.kind}`,
      is,
      ...WIDTHS.filter(({ pixels }) => isCut(label, share * pixels)).map(({ name }) => name),
    ];
    return el(
      "li",
      {
        class: kinds.join(" "),
        style: `width: ${figure(share * 100)}%`,
        title,
        "aria-current": is === "now" ? "step" : undefined,
      },
      number !== null && el("b", {}, `${number} `),
      el("span", {}, label),
    );
  });
  const marker = markerOf(placed, widths);
  return el(
    "section",
    { class: "strip", "aria-label": "The plan, with a marker for now", key: "strip" },
    el("ol", {}, items),
    marker !== null && el("div", { class: "marker", style: `left: ${figure(marker * 100)}%`, "aria-hidden": "true" }),
  );
}

const WORDS = { done: "done", now: "in progress", planned: "planned", skipped: "not played" } as const;

/** The strip's width on a usual screen and on a phone, with the class of an item whose name does not fit there. */
const WIDTHS = [
  { name: "cut", pixels: 1_200 },
  { name: "cut-on-phone", pixels: 360 },
] as const;
const LETTER_PIXELS = 6.4;
const PADDING_PIXELS = 26;
/** A name of which fewer letters are visible says nothing; the number of an experiment says more. */
const LETTERS_MIN = 8;

function isCut(label: string, pixels: number): boolean {
  return (pixels - PADDING_PIXELS) / LETTER_PIXELS < Math.min(label.length, LETTERS_MIN);
}

/** Returns the share of the strip that lies before now; null if nothing of the plan is in progress. */
export function markerOf(placed: readonly Placed[], widths: readonly number[]): number | null {
  // The phase "experiments" lasts while its experiments do, so the last item in progress is the narrowest truth.
  const at = placed.findLastIndex(({ state }) => state === "now");
  if (at < 0) return betweenItems(placed, widths);
  const before = widths.slice(0, at).reduce((sum, width) => sum + width, 0);
  return before + (widths[at] ?? 0) * (placed[at]?.progress ?? 0);
}

/** Between two experiments nothing of the strip is in progress: now is where the next item begins. */
function betweenItems(placed: readonly Placed[], widths: readonly number[]): number | null {
  const done = placed.findLastIndex(({ state }) => state === "done");
  if (done < 0 || !placed.slice(done).some(({ state }) => state === "planned")) return null;
  return widths.slice(0, done + 1).reduce((sum, width) => sum + width, 0);
}

/** Returns the width of each item as a share of the strip. */
export function widthsOf(strip: readonly StripItem[]): number[] {
  const total = strip.reduce((sum, { expectedMs }) => sum + expectedMs, 0) || 1;
  const rough = strip.map(({ expectedMs }) => Math.max(NARROWEST, expectedMs / total));
  const sum = rough.reduce((a, b) => a + b, 0);
  return rough.map((width) => width / sum);
}

function place(item: StripItem, state: StripState): Placed {
  return item.kind === "experiment" ? placeExperiment(item, state) : placePhase(item, state);
}

function placePhase(item: StripItem, { phases, nowMs, run }: StripState): Placed {
  const phase = phases.find((each) => each.phase === item.name);
  if (phase === undefined) return { item, state: run.state === "running" ? "planned" : "skipped", progress: 0 };
  if (phase.toMs !== null) return { item, state: "done", progress: 1 };
  return { item, state: "now", progress: share(nowMs - phase.fromMs, item.expectedMs) };
}

function placeExperiment(item: StripItem, { experiments, nowMs }: StripState): Placed {
  const experiment = experiments.find((each) => each.name === item.name && !each.byHand);
  if (experiment === undefined || experiment.state === "planned") return { item, state: "planned", progress: 0 };
  if (experiment.state === "skipped") return { item, state: "skipped", progress: 0 };
  if (isOver(experiment)) return { item, state: "done", progress: 1 };
  return { item, state: "now", progress: share(nowMs - (experiment.beganMs ?? nowMs), item.expectedMs) };
}

function isOver({ state }: LiveExperiment): boolean {
  return state === "over" || state === "aborted";
}

function share(part: number, whole: number): number {
  return Math.min(1, Math.max(0, part / (whole || 1)));
}
