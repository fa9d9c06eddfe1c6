/** The cards of experiments: what was broken, the four stamps, and who healed it. Times tick by the run's clock. */
import type { LiveExperiment, LiveState } from "../api/live.ts";
import { el, type ViewChild, type ViewElement } from "../view.ts";
import { controlButton, type PageRights, pill } from "./button.ts";
import { clock, duration, list, offset } from "./figures.ts";

export interface ExperimentsView {
  readonly state: Pick<LiveState, "experiments" | "controls" | "nowMs">;
  readonly rights: PageRights;
}

export function renderExperiments(view: ExperimentsView): ViewElement {
  const { experiments } = view.state;
  const cards = experiments.map((experiment) => renderExperiment(experiment, view));
  const none = el("p", { class: "dim" }, "This run breaks nothing.");
  return el(
    "section",
    { class: "experiments", "aria-label": "Experiments", key: "experiments" },
    el("h2", {}, "Experiments"),
    experiments.length === 0 ? none : el("ol", {}, cards),
  );
}

export function renderExperiment(experiment: LiveExperiment, { state, rights }: ExperimentsView): ViewElement {
  const { index, name, fault, byHand, targets } = experiment;
  const where = targets.length === 0 ? fault : `${fault} on ${list(targets.map(({ id }) => id))}`;
  const isHeld = experiment.state === "injecting" || experiment.state === "held";
  return el(
    "li",
    { id: `exp-${index}`, key: `exp-${index}`, class: `experiment ${experiment.state}`, tabindex: "-1" },
    el(
      "h3",
      {},
      el("a", { href: `#exp-${index}`, title: "A link to this experiment" }, `${index} ${name}`),
      " ",
      stateOf(experiment),
      byHand && el("span", { class: "by-hand" }, " by hand"),
    ),
    el("p", { class: "dim" }, where),
    experiment.state !== "planned" && el("ul", { class: "stamps" }, stampsOf(experiment, state.nowMs)),
    experiment.because !== null && el("p", {}, experiment.because),
    experiment.notHealed.map((says) => el("p", { class: "fail" }, `Not healed: ${says}`)),
    experiment.verdict !== null && el("p", {}, experiment.verdict.because),
    isHeld &&
      controlButton({ control: "heal-one", permissions: state.controls, rights, value: String(index), kind: "quiet" }),
  );
}

function stateOf({ state, verdict }: LiveExperiment): ViewElement {
  if (verdict !== null) return pill(verdict.status, verdict.status);
  if (state === "injecting" || state === "held" || state === "healing") return pill(state.toUpperCase(), "fault");
  if (state === "recovering") return pill("users wait", "fault");
  return pill({ planned: "planned", over: "over", aborted: "aborted", skipped: "not played" }[state], "plain");
}

/** Returns the stamps in the order in which they happen, each relative to the bite. */
export function stampsOf(experiment: LiveExperiment, nowMs: number): ViewElement[] {
  const { commandedMs, bitMs, firstFailureMs, healedMs, recoveredMs, state } = experiment;
  if (commandedMs === null) return [];
  const bit = bitMs === null ? "not seen yet" : clock(bitMs);
  const bitOver = bitMs === null && (state === "over" || state === "aborted") ? "never seen" : bit;
  return [
    stamp("commanded", clock(commandedMs)),
    stamp("bit", bitOver, bitMs === null ? undefined : offset(bitMs - commandedMs)),
    stamp("first failure", relative(firstFailureMs, bitMs) ?? "none seen"),
    usersStamp(experiment, nowMs),
    healedMs === null
      ? stamp(...heldStamp(experiment, nowMs))
      : stamp("healed", relative(healedMs, bitMs) ?? clock(healedMs)),
    recoveredMs === null ? null : stamp("served since", clock(recoveredMs)),
  ].filter((each) => each !== null);
}

function usersStamp({ firstFailureMs, recoveredMs, bitMs, state }: LiveExperiment, nowMs: number): ViewElement | null {
  if (firstFailureMs === null) return null;
  const since = Math.min(bitMs ?? firstFailureMs, firstFailureMs);
  if (recoveredMs !== null) return stamp("users back after", duration(recoveredMs - since));
  return state === "over" || state === "aborted"
    ? stamp("users back", "not seen")
    : stamp("users down for", duration(nowMs - firstFailureMs), undefined, "fail");
}

function heldStamp({ bitMs, commandedMs, healsByItselfMs, state }: LiveExperiment, nowMs: number): [string, string] {
  if (state === "over" || state === "aborted") return ["healed", "not seen"];
  if (state === "healing") return ["healing", "asked"];
  const held = duration(nowMs - (bitMs ?? commandedMs ?? nowMs));
  const left = healsByItselfMs === null ? "" : `, ${duration(Math.max(0, healsByItselfMs - nowMs))} left`;
  return ["held", `${held}${left}`];
}

function stamp(title: string, value: string, small?: string, kind?: string): ViewElement {
  const content: ViewChild[] = [el("span", { class: "dim" }, `${title} `), el("b", {}, value)];
  return el("li", { class: kind }, content, small === undefined ? null : el("small", {}, ` ${small}`));
}

function relative(at: number | null, bitMs: number | null): string | null {
  if (at === null) return null;
  return bitMs === null ? clock(at) : offset(at - bitMs);
}
