/** Findings and validity: what failed and what is unknown with each witness in its place, what passed as folded rows. */
import type { Finding } from "../../checker.ts";
import { pill } from "../../view/button.ts";
import { counted } from "../../view/figures.ts";
import { el, type ViewChild, type ViewElement } from "../../view.ts";
import { folded, type ReportParts, section, worstFirst } from "../parts.ts";
import { spreadWords, witnessWords } from "../witness.ts";

export function renderFindings(parts: ReportParts): ViewElement | null {
  const { findings } = parts.verdict;
  return findings.length === 0 ? null : section("findings", "Findings", listed(findings, "check", parts));
}

export function renderValidity(parts: ReportParts): ViewElement {
  return section("validity", "May this run be believed?", listed(parts.verdict.validity, "rule", parts));
}

/** Returns the anchor of a finding. */
export function findingId({ checker, object }: Pick<Finding, "checker" | "object">): string {
  return `finding-${checker}-${object}`.replaceAll(/[^\w-]+/g, "-");
}

function listed(all: readonly Finding[], noun: string, parts: ReportParts): ViewChild {
  const ordered = worstFirst(all);
  const held = ordered.filter(({ status }) => status === "pass");
  const rows = held.map((one) => el("li", {}, el("b", {}, `${one.checker} of ${one.object}: `), one.because));
  return [
    ordered.filter(({ status }) => status !== "pass").map((one) => renderFinding(one, parts)),
    held.length === 0
      ? null
      : folded(`${counted(held.length, noun)} of ${all.length} held`, el("ul", { class: "plain" }, rows)),
  ];
}

function renderFinding(one: Finding, { places }: ReportParts): ViewElement {
  const { status, checker, object, because, witnesses } = one;
  const spread = checker === "acked-set" ? spreadWords(witnesses, places) : [];
  return el(
    "article",
    { id: findingId(one), class: `card ${status}` },
    el("h3", {}, pill(status, status), ` ${checker} of ${object}`),
    el("p", {}, because),
    spread.map((says) => el("p", {}, el("b", {}, `${says}.`))),
    witnesses.length === 0
      ? null
      : el(
          "ul",
          { class: "plain witnesses" },
          witnesses.map((witness) => el("li", {}, witnessWords(witness, places))),
        ),
  );
}
