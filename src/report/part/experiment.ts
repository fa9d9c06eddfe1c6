/** One experiment as a card: its ruler of stamps, what users felt by probes and by their own requests, and the fate of their writes. */
import type { ClassRecovery, ExperimentVerdict } from "../../experiment.ts";
import type { Recovery } from "../../outage.ts";
import { count } from "../../std/figure.ts";
import { pill } from "../../view/button.ts";
import { counted, list } from "../../view/figures.ts";
import { renderRuler } from "../../view/ruler.ts";
import { el, type ViewChild, type ViewElement } from "../../view.ts";
import { recoveryWords, standingOn } from "../experiment-words.ts";
import { folded, type ReportParts, section, unfolded, worstFirst } from "../parts.ts";
import type { ExperimentStats } from "../stats.ts";
import { renderFault } from "./fault-detail.ts";
import { ownRequestsOf, ownWords } from "./own-requests.ts";
import { stampsOf, zeroOf } from "./stamps.ts";

export function renderExperiments(parts: ReportParts): ViewElement {
  const { experiments } = parts.verdict;
  const cards = worstFirst(experiments).map((one) => renderExperiment(one, experiments.indexOf(one) + 1, parts));
  const none = el("p", { class: "dim" }, "The plan breaks nothing.");
  return section("experiments", "Experiments", experiments.length === 0 ? none : cards);
}

function renderExperiment(one: ExperimentVerdict, index: number, parts: ReportParts): ViewElement {
  const own = ownRequestsOf(one, parts);
  const targets = list(one.targets.map(({ id, node }) => (node === "" ? id : `${id} on ${node}`)));
  const where = `${one.fault} of ${targets || "no target"}${standingOn(one)}`;
  return el(
    "article",
    { id: `exp-${index}`, class: `card ${one.status}` },
    el("h3", {}, pill(one.status, one.status), ` ${index} ${one.name}`),
    el("p", {}, one.because, " ", el("span", { class: "dim" }, `${where}.`)),
    renderRuler({ zeroMs: zeroOf(one), stamps: stampsOf(one, own), held: heldOf(one), down: downOf(one, parts) }),
    renderFelt(one, own, parts),
    renderWrites(one),
    (one.status === "pass" ? folded : unfolded)(
      "Picture, errors, latency, logs and witnesses",
      renderFault(one, own, parts),
    ),
  );
}

function heldOf({ bite, heal }: ExperimentVerdict): { fromMs: number; toMs: number } | null {
  return bite === null || heal === null ? null : { fromMs: bite.atMs, toMs: heal.atMs };
}

function downOf({ outages, heal }: ExperimentVerdict, { facts }: ReportParts): { fromMs: number; toMs: number }[] {
  const openUntilMs = heal?.atMs ?? facts.story.span.toMs;
  return outages.map(({ begin, end }) => ({
    fromMs: begin.upperMs,
    toMs: end?.upperMs ?? Math.max(openUntilMs, begin.upperMs),
  }));
}

/** Shows what the probes felt on each connection, beside what users' own requests felt. */
function renderFelt(one: ExperimentVerdict, own: ExperimentStats | null, parts: ReportParts): ViewChild {
  const rows = Object.entries(one.recovery).map(([name, recovery]) => {
    const { kept, fresh } = recovery.connections;
    return el("tr", {}, el("th", { scope: "row" }, name), feltCell(kept, recovery), feltCell(fresh, recovery));
  });
  const head = ["users' probes", "outage on a kept connection", "on a fresh one"].map((title) =>
    el("th", { scope: "col", class: "words" }, title),
  );
  const table =
    rows.length === 0
      ? el("p", { class: "dim" }, "No probe watched the users' side.")
      : el(
          "div",
          { class: "scroll", tabindex: "0", role: "region", "aria-label": `What the probes felt of ${one.name}` },
          el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows)),
        );
  return [table, el("p", {}, el("b", {}, "Users' own requests: "), ownWords(one, own, parts))];
}

function feltCell(connection: Recovery | undefined, whole: ClassRecovery): ViewElement {
  const recovery = connection ?? whole;
  const kind = recovery.state === "no-outage-seen" ? "words dim" : "words";
  return el("td", { class: kind, title: recovery.says }, recoveryWords(recovery));
}

function renderWrites({ writes, rpo }: ExperimentVerdict): ViewElement {
  const { acknowledged, acknowledgedLastSecond, lost, recovered, duplicated, unknown } = writes;
  const said = [
    `${count(acknowledged)} acknowledged, ${count(acknowledgedLastSecond)} of them in the last second before the fault`,
    `${count(lost)} lost`,
    ...(recovered > 0 ? [`${count(recovered)} unanswered ones are there`] : []),
    ...(duplicated > 0 ? [`${count(duplicated)} doubled`] : []),
    ...(unknown > 0 ? [`${counted(unknown, "request")} unanswered`] : []),
  ];
  const point = rpo.lostWrites === 0 ? null : [el("b", {}, " Recovery point: "), `${rpo.says}.`];
  return el("p", { class: lost > 0 ? "fail" : undefined }, el("b", {}, "Writes: "), `${said.join("; ")}.`, point);
}
