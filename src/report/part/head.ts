/** The head of a report: the verdict in one sentence, the eight figures, and the contents. */

import { pill } from "../../view/button.ts";
import { counted, duration } from "../../view/figures.ts";
import { el, type ViewChild, type ViewElement } from "../../view.ts";
import { headlineOf } from "../figures/headline.ts";
import { type ReportParts, worstFirst } from "../parts.ts";

export function renderHeader({ run, verdict, facts }: ReportParts): ViewElement {
  const line = [
    run.runId,
    `started ${run.startedAt}`,
    `lasted ${duration(facts.load.span.toMs)}`,
    `seed ${run.seed}`,
    `exit code ${verdict.exitCode}`,
    counted(verdict.manualInterventions, "manual intervention"),
  ];
  return el("header", {}, el("h1", {}, run.plan.name), el("p", { class: "dim" }, line.join(" · ")));
}

const SHAPES = { pass: "✓", fail: "✗", unknown: "?" } as const;

export function renderVerdict(parts: ReportParts): ViewElement {
  const { verdict, sentence } = parts.verdict;
  return el(
    "section",
    { class: `verdict ${verdict}`, "aria-label": "Verdict" },
    el("p", { class: "word" }, el("span", { "aria-hidden": "true" }, `${SHAPES[verdict]} `), verdict),
    el("p", { class: "sentence" }, sentence),
    troubles(parts),
  );
}

/** Links to what is not met, so that a reader need not look for it. */
function troubles({ verdict }: ReportParts): ViewChild {
  const experiments = worstFirst(verdict.experiments).filter(({ status }) => status !== "pass");
  if (experiments.length === 0) return null;
  const links = experiments.map((one) =>
    el(
      "li",
      {},
      pill(one.status, one.status),
      " ",
      el("a", { href: `#exp-${verdict.experiments.indexOf(one) + 1}` }, one.name),
    ),
  );
  return el("ul", { class: "plain" }, links);
}

export function renderHeadline(parts: ReportParts): ViewElement {
  const tiles = headlineOf(parts).map(({ title, value, small, isBad }) =>
    el(
      "div",
      { class: isBad === true ? "bad" : undefined },
      el("dt", {}, title),
      el("dd", {}, value, small === "" ? null : el("small", {}, ` ${small}`)),
    ),
  );
  return el("section", { class: "tiles headline", "aria-label": "The run in eight figures" }, el("dl", {}, tiles));
}

/** Links to each part of the page. */
export function renderContents(sections: readonly ViewElement[]): ViewElement {
  const links = sections.flatMap(({ attributes, children }) => {
    const [title] = children;
    const id = attributes["id"];
    if (id === undefined || typeof title !== "object") return [];
    return [el("li", {}, el("a", { href: `#${String(id)}` }, title.children))];
  });
  return el("nav", { "aria-label": "Contents" }, el("ul", {}, links));
}
