/** The dialog with everything that is needed less often: marks, figures, files, judging, residue, the theme and the keys. */
import type { LiveState } from "../api.ts";
import { el, type ViewNode } from "../view.ts";
import { controlButton, type PageRights, plainButton } from "./button.ts";
import { clock } from "./figures.ts";
import { isOver } from "./head.ts";
import { renderFiles } from "./verdict.ts";

export interface MoreView {
  readonly state: LiveState;
  readonly rights: PageRights;
  readonly theme: "system" | "light" | "dark";
}

export function moreBody({ state, rights, theme }: MoreView): ViewNode[] {
  const shared = { permissions: state.controls, rights, kind: "quiet" as const };
  const shownFrom = state.shownFromMs > 0 ? `Figures of requests count from ${clock(state.shownFromMs)}.` : "";
  return [
    el(
      "div",
      { class: "list" },
      controlButton({ ...shared, control: "mark" }),
      controlButton({ ...shared, control: "reset" }),
      state.shownFromMs > 0 &&
        controlButton({ ...shared, control: "reset", value: "all", label: "Show figures since the start" }),
      controlButton({ ...shared, control: "judge" }),
      controlButton({ ...shared, permissions: null, control: "residue" }),
    ),
    el("p", { class: "dim" }, `${shownFrom} The evidence is never reset.`),
    el("h3", {}, isOver(state) ? "Files" : "Files so far"),
    renderFiles(state.run),
    el("h3", {}, "Appearance"),
    el(
      "div",
      { class: "list" },
      (["system", "light", "dark"] as const).map((each) =>
        plainButton("theme", each, { "data-value": each, "aria-pressed": each === theme ? "true" : "false" }),
      ),
    ),
    el("h3", {}, "This run"),
    el("p", {}, el("code", {}, state.run.command)),
    el("p", { class: "dim" }, `Gameday ${state.run.tool}; ${state.run.startedAt ?? "start unknown"}.`),
    ...keysBody(),
  ];
}

const KEYS: readonly (readonly [string, string])[] = [
  ["Tab, Shift+Tab", "moves through all controls"],
  ["← →, Shift+← →", "on the picture: one second, ten seconds"],
  ["Page up, Page down, Home, End", "on the picture: one minute, first and last second"],
  ["+, −, Escape", "on the picture: zoom to a minute, back to all"],
  ["Escape", "close a dialog and change nothing"],
  ["?", "this list"],
];

const WORDS: readonly (readonly [string, string])[] = [
  ["answered, failed", "requests that ended in that second; a refused or unexpected answer is failed"],
  [
    "p50, p95, p99",
    "the time within which this percentage of the answered requests were answered; failed requests are not counted, because a quick error is not a quick answer",
  ],
  ["outage", "from the first failed beat of a probe to the first sustained success"],
  ["bit", "the moment at which the fault was seen to be in force from inside its target"],
  ["margin", "the share of the bound that is left"],
  [
    "loop delay, send lag",
    "how late the load generator itself was; if it is large, the measured latencies are not the platform's",
  ],
  ["so far", "not judged yet: a run is judged only after the ledger has been read"],
];

export function keysBody(): ViewNode[] {
  return [
    el("h3", {}, "Keys"),
    el(
      "dl",
      { class: "keys" },
      KEYS.map(([key, says]) => el("div", {}, el("dt", {}, key), el("dd", {}, says))),
    ),
    el("p", { class: "dim" }, "No single key breaks or heals anything."),
    el("h3", {}, "What the figures mean"),
    el(
      "dl",
      { class: "keys" },
      WORDS.map(([word, says]) => el("div", {}, el("dt", {}, word), el("dd", {}, says))),
    ),
  ];
}
