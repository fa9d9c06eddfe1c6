/** Renders report.md: the verdict as text for any place, such as a pull request. Its bytes are stable: no locale, no clock. */
import type { RunRecord } from "../evidence.ts";
import type { ExperimentVerdict } from "../experiment.ts";
import type { ObjectiveVerdict } from "../objective.ts";
import type { Recovery } from "../outage.ts";
import type { Verdict } from "../verdict.ts";
import { visible } from "./escape.ts";
import { standingOn } from "./experiment-card.ts";
import { formatBound, formatMeasured, seconds } from "./format.ts";
import { plateauSays } from "./plateau-says.ts";
import type { Stats } from "./stats.ts";

export function renderMarkdown(verdict: Verdict, run: RunRecord, { plateau }: Stats): string {
  const sections = [
    `# ${disarm(run.plan.name)}: ${verdict.verdict}`,
    disarm(verdict.sentence),
    objectives(verdict.objectives),
    plateau === null ? "" : plateauSays(plateau),
    ...verdict.experiments.map(experiment),
    findings("Findings", verdict.findings),
    findings("Validity", verdict.validity),
    notTested(verdict),
    `## How to repeat\n\n    ${visible(run.command).replaceAll("\n", " ")}\n\nRun ${disarm(run.runId)}, started ${disarm(run.startedAt)}, seed ${disarm(run.seed)}, ${disarm(run.tool.name)} ${disarm(run.tool.version)}.`,
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function objectives(all: readonly ObjectiveVerdict[]): string {
  if (all.length === 0) return "";
  const rows = all.map((one) =>
    row([one.status, one.says, formatMeasured(one.measured, one.unit), formatBound(one.bound, one.unit)]),
  );
  const missed = all.flatMap((one) => (one.explanation === null ? [] : [explain(one)]));
  return [
    "## Objectives",
    [row(["status", "objective", "measured", "bound"]), "|---|---|---|---|", ...rows].join("\n"),
    ...missed,
  ].join("\n\n");
}

function explain({ says, status, explanation }: ObjectiveVerdict): string {
  if (explanation === null) return "";
  const witnesses = explanation.witnesses.map((witness) => `\n  - ${disarm(witness)}`).join("");
  const causes = explanation.likelyCauses.map((cause) => `\n  - ${disarm(cause)}`).join("");
  return [
    `**${disarm(says)}: ${status}**`,
    `- expected: ${disarm(explanation.expected)}\n- seen: ${disarm(explanation.seen)}\n- when: ${disarm(explanation.when)}` +
      (witnesses === "" ? "" : `\n- witnesses:${witnesses}`) +
      (causes === "" ? "" : `\n- likely causes:${causes}`),
  ].join("\n\n");
}

function experiment(one: ExperimentVerdict): string {
  const { writes } = one;
  const stamps = [
    `commanded ${seconds(one.commandedAtMs)}`,
    `bit ${seconds(one.bite?.atMs ?? null)}`,
    `first user failure ${seconds(one.firstFailureAtMs)}`,
    `healed ${seconds(one.heal?.atMs ?? null)} (users recovered by: ${one.healedBy})`,
  ];
  const classes = Object.entries(one.recovery).map(([name, recovery]) =>
    row([name, interval(recovery), recovery.says]),
  );
  return [
    `## Experiment ${disarm(one.name)} (${disarm(one.fault)}): ${one.status}`,
    `${disarm(one.because)} Targets: ${disarm(`${one.targets.map((target) => target.id).join(", ") || "none"}${standingOn(one)}`)}.`,
    stamps.join("; "),
    classes.length === 0 ? "" : [row(["class", "recovery", "what was seen"]), "|---|---|---|", ...classes].join("\n"),
    `Writes: ${writes.acknowledged} acknowledged (${writes.acknowledgedLastSecond} in the last second before the fault), ${writes.lost} lost, ${writes.recovered} recovered, ${writes.duplicated} duplicated, ${writes.unknown} unknown. Recovery point: ${disarm(one.rpo.says)}.`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function interval(recovery: Recovery): string {
  return recovery.upperMs === null
    ? `over ${seconds(recovery.lowerMs)}`
    : `${seconds(recovery.lowerMs)} to ${seconds(recovery.upperMs)}`;
}

function findings(title: string, all: Verdict["findings"]): string {
  if (all.length === 0) return "";
  const rows = all.map((one) => row([one.status, one.checker, one.object, one.because]));
  return `## ${title}\n\n${[row(["status", "check", "of", "because"]), "|---|---|---|---|", ...rows].join("\n")}`;
}

function notTested(verdict: Verdict): string {
  if (verdict.notTested.length === 0) return "";
  const lines = verdict.notTested.map((one) => `- ${disarm(one.what)}: ${disarm(one.because)}`);
  return `## Not tested\n\n${lines.join("\n")}`;
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
