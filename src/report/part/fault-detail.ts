/** The folded detail of an experiment: the picture of the time around its bite, errors, latency, log lines and the witnesses. */
import type { ExperimentVerdict } from "../../experiment.ts";
import { Histogram } from "../../std/histogram.ts";
import { leaderAt } from "../../timeline/leaders.ts";
import { offset } from "../../view/figures.ts";
import { el, type ViewChild, type ViewElement } from "../../view.ts";
import { moment } from "../format.ts";
import type { ReportParts } from "../parts.ts";
import { histogramPicture } from "../picture/histogram.ts";
import { experimentPicture } from "../picture/timeline.ts";
import type { ExperimentStats } from "../stats.ts";
import { renderFailureTable } from "./load.ts";
import { recoveredOf, stampsOf, zeroOf } from "./stamps.ts";

/** What is shown before the first stamp and after the last one. */
const MARGIN_MS = 10_000;

export function renderFault(one: ExperimentVerdict, own: ExperimentStats | null, parts: ReportParts): ViewChild {
  return [
    renderPicture(one, own, parts),
    renderWitnesses(one),
    renderLeaders(one, parts),
    renderErrors(one, parts),
    renderLatency(one, parts),
    renderLog(one, parts),
  ];
}

function renderPicture(one: ExperimentVerdict, own: ExperimentStats | null, parts: ReportParts): ViewElement {
  const zeroMs = zeroOf(one);
  const stamps = stampsOf(one, own).map(({ title, atMs }) => ({ atMs, says: title.replace(", about", "") }));
  const times = [...stamps.map(({ atMs }) => atMs), own?.lastFailedMs ?? zeroMs, recoveredOf(one) ?? zeroMs];
  const fromMs = Math.max(0, Math.min(...times, zeroMs) - MARGIN_MS);
  const toMs = Math.min(Math.max(parts.course.nowMs, fromMs + 1000), Math.max(...times) + MARGIN_MS);
  const says = `The time around ${one.name}: probes, requests by the second, latency and leaders; the stamps stand in the list above.`;
  const picture = experimentPicture(parts.course, parts.columns, { shown: { fromMs, toMs }, zeroMs, stamps, says });
  return pictureBox(`Picture of ${one.name}`, picture);
}

/** A picture that is wider than a telephone scrolls sideways by itself. */
export function pictureBox(label: string, picture: ViewElement): ViewElement {
  return el("div", { class: "picture", tabindex: "0", role: "region", "aria-label": label }, picture);
}

function renderWitnesses({ bite, heal }: ExperimentVerdict): ViewElement {
  const said = (title: string, stamp: ExperimentVerdict["bite"]) =>
    stamp === null || stamp.witness === null
      ? el("li", {}, `${title}: not seen from inside.`)
      : el("li", {}, `${title} at ${moment(stamp.atMs)}, as seen from ${stamp.witness.source}: ${stamp.witness.says}.`);
  return el("ul", { class: "plain" }, said("The fault bit", bite), said("It was gone", heal));
}

function renderLeaders(one: ExperimentVerdict, { places }: ReportParts): ViewElement | null {
  if (places.leaders.length === 0) return null;
  const zeroMs = zeroOf(one);
  const endMs = Math.max(one.heal?.atMs ?? zeroMs, recoveredOf(one) ?? zeroMs);
  const lines = places.leaders.map((role) => {
    const before = leaderAt(role, zeroMs - 1) ?? "nobody";
    const changes = role.spans
      .filter(({ fromMs }) => fromMs >= zeroMs && fromMs <= endMs)
      .map(({ target, fromMs }) => `${target} from ${offset(fromMs - zeroMs)}`);
    const then = changes.length === 0 ? ", and no other until the fault was gone" : `, then ${changes.join(", ")}`;
    return el("li", {}, `${role.role}: ${before} led before the bite${then}.`);
  });
  return el("ul", { class: "plain" }, lines);
}

function renderErrors({ name }: ExperimentVerdict, { load }: ReportParts): ViewChild {
  const kinds = load.failures.kinds().flatMap((kind) => {
    const count = kind.during.get(name) ?? 0;
    return count === 0 ? [] : [{ ...kind, count }];
  });
  if (kinds.length === 0) return null;
  kinds.sort((a, b) => b.count - a.count);
  return [el("h4", {}, "What failed in that time"), renderFailureTable(kinds, `Failures during ${name}`, null)];
}

function renderLatency({ name }: ExperimentVerdict, { load }: ReportParts): ViewChild {
  const rows = ["before", "during", "after"].map((window) => ({
    name: `${window} the fault`,
    histogram: load.latency.get(`${window}:${name}`) ?? new Histogram(),
  }));
  const picture = histogramPicture(rows);
  return picture === null
    ? null
    : [el("h4", {}, "Latency of answered requests"), pictureBox(`Latency around ${name}`, picture)];
}

function renderLog(one: ExperimentVerdict, { logs }: ReportParts): ViewChild {
  const excerpt = logs.find(({ experiment }) => experiment === one.name);
  if (excerpt === undefined || excerpt.lines.length === 0) return null;
  const zeroMs = zeroOf(one);
  const lines = excerpt.lines.map(({ atMs, file, text, times }) => {
    const repeated = times > 1 && el("span", { class: "dim" }, ` (${times} times)`);
    return el(
      "li",
      {},
      el("b", {}, offset(atMs - zeroMs)),
      " ",
      el("span", { class: "dim" }, file),
      ` ${text}`,
      repeated,
    );
  });
  const more = excerpt.more === 0 ? null : el("p", { class: "dim" }, `${excerpt.more} more lines in that time.`);
  return [el("h4", {}, "Logs around the bite"), el("ol", { class: "loglines" }, lines), more];
}
