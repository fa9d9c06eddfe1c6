/** Renders report.html: one file that fetches nothing and has no script. markup.ts escapes everything that comes from outside. */
import type { Status } from "../status.ts";
import type { Verdict } from "../verdict.ts";
import { CARDS, themes } from "../view/look.ts";
import { el, type ViewElement } from "../view.ts";
import { toHtml } from "./markup.ts";
import { renderEvidence, renderNotTested, renderRepeat } from "./part/evidence.ts";
import { renderExperiments } from "./part/experiment.ts";
import { pictureBox } from "./part/fault-detail.ts";
import { renderFindings, renderValidity } from "./part/findings.ts";
import { renderContents, renderHeader, renderHeadline, renderVerdict } from "./part/head.ts";
import { renderFailures, renderScaling, renderStatistics } from "./part/load.ts";
import { renderObjectives } from "./part/objectives.ts";
import { type ReportParts, section } from "./parts.ts";
import { timelinePicture } from "./picture/timeline.ts";
import { STYLE } from "./style.ts";

/** The content security policy. A browser that honors it fetches and runs nothing, whatever the page contains. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

export function renderHtml(parts: ReportParts): string {
  const { verdict } = parts;
  const sections = sectionsOf(parts).filter((one) => one !== null);
  const main = el(
    "main",
    {},
    renderHeader(parts),
    renderVerdict(parts),
    renderHeadline(parts),
    renderContents(sections),
    sections,
  );
  const head = [
    el("meta", { charset: "utf-8" }),
    el("meta", { "http-equiv": "Content-Security-Policy", content: POLICY }),
    el("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    el("title", {}, `${verdict.verdict}: ${verdict.plan}`),
  ];
  const style = `<style>${styleOf(verdict)}</style>`;
  return `<!doctype html>\n<html lang="en"><head>${head.map(toHtml).join("")}${style}</head><body>${toHtml(main)}</body></html>\n`;
}

/** What is not met comes first: whoever opens the report of a failure must not scroll past what held. */
function sectionsOf(parts: ReportParts): (ViewElement | null)[] {
  const { verdict } = parts;
  const isOpen = (all: readonly { readonly status: Status }[]) => all.some(({ status }) => status !== "pass");
  const judged = [
    { made: renderObjectives(parts), isOpen: isOpen(verdict.objectives) },
    { made: renderFindings(parts), isOpen: isOpen(verdict.findings) },
    { made: renderValidity(parts), isOpen: isOpen(verdict.validity) },
  ];
  return [
    ...judged.filter((one) => one.isOpen).map(({ made }) => made),
    renderTimeline(parts),
    renderExperiments(parts),
    ...judged.filter((one) => !one.isOpen).map(({ made }) => made),
    renderStatistics(parts),
    renderFailures(parts),
    renderScaling(parts),
    renderNotTested(parts),
    renderRepeat(parts),
    renderEvidence(),
  ];
}

function renderTimeline({ course, columns }: ReportParts): ViewElement {
  const key = [
    ["held", "fault in force"],
    ["up", "probes answered"],
    ["down", "outage as users felt it"],
    ["gap", "no data"],
  ].map(([kind, says]) => el("span", {}, el("i", { class: kind, "aria-hidden": "true" }), says));
  return section(
    "timeline",
    "Timeline",
    el("p", { class: "key" }, key),
    pictureBox("Timeline of the run", timelinePicture(course, columns)),
  );
}

/** Renames "pass" in the style of a page without any pass, so that the page of an unfinished run does not contain that word. */
function styleOf({ validity, findings, objectives, experiments }: Verdict): string {
  const all: readonly { readonly status: Status }[] = [...validity, ...findings, ...objectives, ...experiments];
  const style = `${themes()}\n${CARDS}\n${STYLE}`;
  return all.some(({ status }) => status === "pass") ? style : style.replaceAll("pass", "held-so-far");
}
