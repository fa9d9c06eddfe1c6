/** Renders report.md: the verdict as text for any place, such as a pull request. Its bytes are stable: no locale, no clock. */
import type { Finding } from "../../checker.ts";
import type { RunRecord } from "../../evidence.ts";
import type { ExperimentVerdict } from "../../experiment.ts";
import { measuredWords } from "../../objective/words.ts";
import type { ObjectiveVerdict } from "../../objective.ts";
import { count, percentage } from "../../std/figure.ts";
import type { Verdict } from "../../verdict.ts";
import { counted, list } from "../../view/figures.ts";
import { recoveryWords, standingOn } from "../experiment-words.ts";
import { headlineOf } from "../figures/headline.ts";
import { formatBound, seconds } from "../format.ts";
import { worstFirst } from "../parts.ts";
import type { Stats } from "../stats.ts";
import { type WitnessPlaces, witnessWords } from "../witness.ts";
import { visible } from "./escape.ts";

export interface MarkdownParts {
  readonly verdict: Verdict;
  readonly run: RunRecord;
  readonly stats: Stats;
  readonly places: WitnessPlaces;
}

export function renderMarkdown(parts: MarkdownParts): string {
  const { verdict, run } = parts;
  const sections = [
    `# ${disarm(run.plan.name)}: ${verdict.verdict}`,
    disarm(verdict.sentence),
    headline(parts),
    open(parts),
    objectives(verdict.objectives),
    experiments(parts),
    held(verdict),
    notTested(verdict),
    `Run ${disarm(run.runId)}, started ${disarm(run.startedAt)}, seed ${disarm(run.seed)}, ${disarm(run.tool.name)} ${disarm(run.tool.version)}. Repeat it with:`,
    `    ${visible(run.command).replaceAll("\n", " ")}`,
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function headline(parts: MarkdownParts): string {
  const figures = headlineOf(parts);
  const values = figures.map(({ value, small }) => (small === "" ? value : `${value}; ${small}`));
  return table(
    figures.map(({ title }) => title),
    [values],
  );
}

/** Lists what failed and what is unknown, with the witnesses in their places. */
function open({ verdict, places }: MarkdownParts): string {
  const objectives_ = worstFirst(verdict.objectives).flatMap(missed);
  const findings = worstFirst([...verdict.findings, ...verdict.validity]).flatMap((one) => doubtful(one, places));
  const all = [...objectives_, ...findings];
  return all.length === 0 ? "" : `## Not met\n\n${all.join("\n")}`;
}

function missed({ status, says, because, explanation }: ObjectiveVerdict): string[] {
  if (status === "pass") return [];
  const causes = (explanation?.likelyCauses ?? []).map((cause) => `\n  - look at: ${disarm(cause)}`);
  return [`- **${status}**: ${disarm(says)}. ${disarm(because)}${causes.join("")}`];
}

function doubtful({ status, checker, object, because, witnesses }: Finding, places: WitnessPlaces): string[] {
  if (status === "pass") return [];
  const seen = witnesses.map((witness) => `\n  - ${disarm(witnessWords(witness, places))}`);
  return [`- **${status}**: ${disarm(checker)} of ${disarm(object)}. ${disarm(because)}${seen.join("")}`];
}

function objectives(all: readonly ObjectiveVerdict[]): string {
  if (all.length === 0) return "";
  const rows = worstFirst(all).map((one) => [
    one.status,
    one.says,
    measuredWords(one),
    formatBound(one.bound, one.unit),
  ]);
  return `## Objectives\n\n${table(["status", "objective", "measured", "bound"], rows)}`;
}

function experiments({ verdict, stats }: MarkdownParts): string {
  if (verdict.experiments.length === 0) return "";
  const titles = ["status", "experiment", "bit at", "outage by class", "own requests", "writes", "because"];
  const rows = worstFirst(verdict.experiments).map((one) => [
    one.status,
    `${one.name} (${one.fault} of ${list(one.targets.map(({ id }) => id)) || "no target"}${standingOn(one)})`,
    seconds(one.bite?.atMs ?? null),
    feltWords(one),
    ownWords(one, stats),
    writesWords(one),
    one.because,
  ]);
  return `## Experiments\n\n${table(titles, rows)}`;
}

function feltWords({ recovery }: ExperimentVerdict): string {
  const classes = Object.entries(recovery).map(([name, own]) => `${name} ${recoveryWords(own)}`);
  return classes.length === 0 ? "no probe watched" : classes.join("; ");
}

/** Statistics of earlier versions have only the windows, which may overlap. */
function ownWords({ name }: ExperimentVerdict, { windows, experiments: all }: Stats): string {
  const own = all?.find((one) => one.name === name) ?? windows.find((one) => one.window === `during:${name}`);
  if (own === undefined || own.requests === 0) return "not counted";
  if (own.failed === 0) return `none of ${count(own.requests)} failed`;
  return `${count(own.failed)} of ${count(own.requests)} failed (${percentage(own.failed / own.requests)} %)`;
}

function writesWords({ writes }: ExperimentVerdict): string {
  const doubled = writes.duplicated === 0 ? "" : `, ${count(writes.duplicated)} doubled`;
  return `${count(writes.lost)} of ${count(writes.acknowledged)} lost${doubled}`;
}

/** Counts what held; report.html lists it. */
function held({ findings, validity }: Verdict): string {
  const passed = (all: readonly Finding[]) => all.filter(({ status }) => status === "pass").length;
  const names = validity.filter(({ status }) => status === "pass").map(({ checker }) => checker);
  const rules = `${names.length} of ${counted(validity.length, "rule")} of validity`;
  const listed = names.length === 0 ? "" : ` (${disarm(names.join(", "))})`;
  return `${passed(findings)} of ${counted(findings.length, "finding")} and ${rules}${listed} held.`;
}

function notTested(verdict: Verdict): string {
  if (verdict.notTested.length === 0) return "";
  const lines = verdict.notTested.map((one) => `- ${disarm(one.what)}: ${disarm(one.because)}`);
  return `Not tested:\n\n${lines.join("\n")}`;
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const separator = `|${titles.map(() => "---|").join("")}`;
  return [row(titles), separator, ...rows.map(row)].join("\n");
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(disarm).join(" | ")} |`;
}

/** Escapes HTML, links, tables and line breaks, so that text from the target or the plan cannot become markup. */
function disarm(text: string): string {
  return visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\\`*_[\]|]/g, "\\$&")
    .replaceAll(/\s*[\r\n]+\s*/g, " ");
}
