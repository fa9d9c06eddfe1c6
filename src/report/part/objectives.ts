/** The objectives: those that are missed or unknown in full, with what to look at first; those that are met as folded rows. */
import type { LiveObjective } from "../../api/live.ts";
import type { Measured, ObjectiveVerdict } from "../../objective.ts";
import { describeBound } from "../../range.ts";
import { counted } from "../../view/figures.ts";
import { renderObjective } from "../../view/objectives.ts";
import { el, type ViewChild, type ViewElement } from "../../view.ts";
import { folded, type ReportParts, section, worstFirst } from "../parts.ts";
import { findingId } from "./findings.ts";

export function renderObjectives(parts: ReportParts): ViewElement {
  const all = worstFirst(parts.verdict.objectives);
  const [open, met] = [all.filter(({ status }) => status !== "pass"), all.filter(({ status }) => status === "pass")];
  const rows = el(
    "ul",
    { class: "objectives" },
    met.map((one) => renderObjective(liveObjective(one, parts))),
  );
  return section(
    "objectives",
    "Objectives",
    all.length === 0 ? el("p", { class: "dim" }, "The plan sets no objectives.") : null,
    open.length === 0
      ? null
      : el(
          "ul",
          { class: "objectives" },
          open.map((one) => renderOpen(one, parts)),
        ),
    met.length === 0 ? null : folded(`${counted(met.length, "objective")} of ${all.length} met`, rows),
  );
}

/** Returns an objective in the form that the live page shows. */
export function liveObjective(one: ObjectiveVerdict, { run }: Pick<ReportParts, "run">): LiveObjective {
  const { id, says, measure, unit, bound, status, because } = one;
  const over = run.plan.objectives.find((planned) => planned.id === id)?.over ?? {};
  const common = { id, says, measure, unit, because, over: { ...over }, margin: null, asOfMs: null, trend: [] };
  return {
    ...common,
    bound: { ...bound },
    asked: describeBound(bound, unit),
    soFar: soFarOf(one.measured),
    state: status,
  };
}

function soFarOf(measured: Measured): LiveObjective["soFar"] {
  if (measured === null) return null;
  if ("lower" in measured) return { lower: measured.lower, upper: measured.upper, value: measured.value ?? null };
  return { lower: measured.value, upper: measured.value, value: measured.value };
}

/** The checker whose finding says what a measure repeats. */
const CHECKER_OF: Readonly<Record<string, string>> = { "lost-writes": "acked-set", "duplicated-writes": "duplicates" };

function renderOpen(one: ObjectiveVerdict, parts: ReportParts): ViewElement {
  const row = renderObjective(liveObjective(one, parts));
  return { ...row, children: [...row.children, ...el("div", {}, explained(one, parts)).children] };
}

function explained(one: ObjectiveVerdict, parts: ReportParts): ViewChild {
  const findings = parts.verdict.findings.filter(
    ({ checker, status }) => checker === CHECKER_OF[one.measure] && status !== "pass",
  );
  const { when = "", witnesses = [], likelyCauses = [] } = one.explanation ?? {};
  const causes = listOf("Look at first", likelyCauses);
  // The finding has the figures and the witnesses: they stand once on the page.
  if (findings.length > 0) return [linksTo(findings), causes];
  const span = when === "" || when === WHOLE_RUN ? null : el("p", { class: "dim" }, `When: ${when}.`);
  return [el("p", {}, one.because), span, listOf("Witnesses", witnesses), causes];
}

const WHOLE_RUN = "the whole run";

function linksTo(findings: ReportParts["verdict"]["findings"]): ViewElement {
  const links = findings.map((one, at) => [
    at === 0 ? "" : ", ",
    el("a", { href: `#${findingId(one)}` }, `${one.checker} of ${one.object}`),
  ]);
  return el("p", {}, "Which, when and who led then: see ", links, ".");
}

function listOf(title: string, items: readonly string[]): ViewChild {
  if (items.length === 0) return null;
  return [
    el("p", {}, el("b", {}, title)),
    el(
      "ul",
      { class: "plain" },
      items.map((item) => el("li", {}, item)),
    ),
  ];
}
