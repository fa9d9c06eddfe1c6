/** Renders report.html: one file that fetches nothing and has no script. markup.ts escapes everything that comes from outside. */
import type { RunRecord } from "../evidence.ts";
import type { Facts } from "../objective/facts.ts";
import type { ObjectiveVerdict } from "../objective.ts";
import type { Status } from "../status.ts";
import type { Verdict } from "../verdict.ts";
import { renderChart } from "./chart.ts";
import { renderExperiment } from "./experiment-card.ts";
import { formatBound, formatMeasured, number, seconds } from "./format.ts";
import { element, fragment, type Markup, styleSheet, toHtml } from "./markup.ts";
import { pill, table } from "./pieces.ts";
import { plateauSays } from "./plateau-says.ts";
import type { RequestStats, Stats } from "./stats.ts";
import { STYLE } from "./style.ts";

/** The content security policy. A browser that honors it fetches and runs nothing, whatever the page contains. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

export interface ReportParts {
  readonly verdict: Verdict;
  readonly run: RunRecord;
  readonly facts: Facts;
  readonly stats: Stats;
}

export function renderHtml(parts: ReportParts): string {
  const { verdict } = parts;
  const head = element(
    "head",
    {},
    element("meta", { charset: "utf-8" }),
    element("meta", { "http-equiv": "Content-Security-Policy", content: POLICY }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("title", {}, `${verdict.verdict}: ${verdict.plan}`),
    styleSheet(styleOf(verdict)),
  );
  const sections = [
    header(parts),
    objectives(verdict.objectives),
    timeline(parts),
    section("Experiments", verdict.experiments.map(renderExperiment)),
    findings("Findings", verdict.findings),
    findings("May this run be believed?", verdict.validity),
    statistics(parts.stats),
    notTested(verdict),
    repeat(parts.run),
  ];
  const page = element("html", { lang: "en" }, head, element("body", {}, element("main", {}, sections)));
  return `<!doctype html>\n${toHtml(page)}\n`;
}

/** Renames "pass" in the style of a page without any pass, so that the page of an unfinished run does not contain that word. */
function styleOf({ validity, findings, objectives, experiments }: Verdict): string {
  const all: readonly { readonly status: Status }[] = [...validity, ...findings, ...objectives, ...experiments];
  return all.some(({ status }) => status === "pass") ? STYLE : STYLE.replaceAll("pass", "held");
}

function header({ verdict, run, facts }: ReportParts): Markup {
  const { load } = facts;
  const line = [
    run.runId,
    `started ${run.startedAt}`,
    `lasted ${seconds(load.span.toMs)}`,
    `platform ${run.plan.platform.kind}`,
    `seed ${run.seed}`,
    `exit code ${verdict.exitCode}`,
    `manual interventions ${verdict.manualInterventions}`,
  ];
  return fragment(
    element("h1", {}, run.plan.name),
    element("p", { class: "dim small" }, line.join("  ·  ")),
    element(
      "div",
      { class: `verdict ${verdict.verdict}` },
      element("div", { class: "word" }, verdict.verdict),
      element("p", {}, verdict.sentence),
    ),
  );
}

function objectives(all: readonly ObjectiveVerdict[]): Markup {
  const rows = all.map((one) => [
    pill(one.status),
    fragment(element("div", {}, one.says), element("div", { class: "dim small" }, one.because)),
    formatMeasured(one.measured, one.unit),
    formatBound(one.bound, one.unit),
  ]);
  const missed = all.flatMap((one) => (one.explanation === null ? [] : [explanation(one)]));
  return section("Objectives", [table(["", "objective", "measured", "bound"], rows, [2, 3]), ...missed]);
}

function explanation(one: ObjectiveVerdict): Markup | null {
  if (one.explanation === null) return null;
  const { expected, seen, when, witnesses, likelyCauses } = one.explanation;
  const list = (title: string, items: readonly string[]) =>
    items.length === 0
      ? null
      : fragment(
          element("p", {}, element("b", {}, title)),
          element(
            "ul",
            {},
            items.map((item) => element("li", {}, item)),
          ),
        );
  return element(
    "div",
    { class: "card" },
    element("h3", {}, pill(one.status), " ", one.says),
    element("p", {}, element("b", {}, "Expected "), expected, element("b", {}, ", seen: "), seen),
    element("p", { class: "dim small" }, `When: ${when}`),
    list("Witnesses", witnesses),
    list("Likely causes, to look at first", likelyCauses),
  );
}

function timeline({ facts, stats }: ReportParts): Markup {
  const key = [
    ["k-fault", "fault held"],
    ["k-up", "probes answered"],
    ["k-outage", "outage as users felt it"],
    ["k-gap", "no data"],
  ].map(([kind, says]) => element("span", {}, element("i", { class: kind }), says ?? ""));
  return section("Timeline", [
    element("div", { class: "key" }, key),
    element("div", { class: "scroll" }, renderChart(facts, stats)),
  ]);
}

function findings(title: string, all: Verdict["findings"]): Markup | null {
  const rows = all.map((one) => [
    pill(one.status),
    one.checker,
    one.object,
    fragment(
      one.because,
      one.status === "pass" || one.witnesses.length === 0
        ? null
        : element(
            "ul",
            { class: "small dim" },
            one.witnesses.map((witness) => element("li", {}, witnessText(witness))),
          ),
    ),
  ]);
  return all.length === 0 ? null : section(title, [table(["", "check", "of", "because"], rows, [])]);
}

function witnessText({ id, atMs, says }: Verdict["findings"][number]["witnesses"][number]): string {
  const when = atMs === undefined ? "" : ` at ${seconds(atMs)}`;
  return `${id ?? ""}${when}${id === undefined && when === "" ? "" : ": "}${says}`.trim();
}

function statistics({ plateau, windows, requests, interruptedByTheEnd = 0 }: Stats): Markup {
  const titles = ["requests", "failed", "success %", "mean ms", "p50", "p95", "p99", "max"];
  const cells = (one: RequestStats) =>
    [one.requests, one.failed, one.successPercent, one.meanMs, one.p50Ms, one.p95Ms, one.p99Ms, one.maxMs].map(
      (value) => (value === null ? "-" : number(value)),
    );
  const numeric = [1, 2, 3, 4, 5, 6, 7, 8];
  return section("Statistics", [
    plateau === null ? null : element("p", {}, plateauSays(plateau)),
    table(
      ["window", ...titles],
      windows.map((window) => [window.says, ...cells(window)]),
      numeric,
    ),
    requests.length === 0
      ? null
      : table(
          ["request", ...titles],
          requests.map((one) => [one.name, ...cells(one)]),
          numeric,
        ),
    interruptedByTheEnd === 0
      ? null
      : element("p", {}, `Interrupted by the end of the load, which is no failure: ${interruptedByTheEnd} requests.`),
  ]);
}

function notTested({ notTested: all }: Verdict): Markup | null {
  if (all.length === 0) return null;
  const items = all.map(({ what, because }) => element("li", {}, element("b", {}, what), ` — ${because}`));
  return section("Not tested", [element("ul", {}, items)]);
}

function repeat(run: RunRecord): Markup {
  const says = `${run.tool.name} ${run.tool.version}. The same evidence gives the same verdict: gameday judge <run folder>`;
  return section("How to repeat", [element("pre", {}, run.command), element("p", { class: "dim small" }, says)]);
}

function section(title: string, children: readonly (Markup | null)[]): Markup {
  return element("section", {}, element("h2", {}, title), children);
}
