/**
 * Summarizes the whole verdict in one plain sentence of at most 40 words: first the result, then what, how much, when and during
 * which fault. What does not fit stands in the findings and objectives, which the reports show.
 */
import type { Finding } from "../checker.ts";
import type { ExperimentVerdict } from "../experiment.ts";
import { measuredWords } from "../objective/words.ts";
import type { ObjectiveVerdict } from "../objective.ts";
import type { Objective } from "../plan.ts";
import { describeBound } from "../range.ts";
import type { Status } from "../status.ts";
import { count, figure } from "../std/figure.ts";
import type { Verdict } from "../verdict.ts";
import { LOGINS_REPEATED } from "./own-findings.ts";

export const SENTENCE_WORDS_MAX = 40;
/** The words of "; and 12 more.". */
const TAIL_WORDS = 3;
/** A reason is not clipped to fewer words than this; it is counted among the others instead. */
const REASON_WORDS_MIN = 8;

type Judged = Omit<Verdict, "sentence">;

interface Told {
  /** Why the evidence may be incomplete, which precedes all other reasons; null: it is complete. */
  readonly torn?: string | null;
  /** The plan's objectives, which say what each is measured over. */
  readonly objectives?: readonly Objective[];
}

export function sentenceOf(verdict: Judged, { torn = null, objectives = [] }: Told = {}): string {
  if (verdict.verdict === "pass") return passSentence(verdict);
  const head = verdict.verdict === "fail" ? "Fail: " : "Unknown: ";
  const reasons = [
    ...(torn === null || verdict.verdict === "fail" ? [] : [torn]),
    ...reasonsOf(verdict, verdict.verdict, objectives),
  ];
  if (reasons.length === 0) return `${head}the plan has no objective, claim or experiment, so nothing is proven.`;
  return ended(fitted(head, reasons, SENTENCE_WORDS_MAX, "more"));
}

/** A sentence that was cut off already has its end. */
function ended(text: string): string {
  return text.endsWith("…") ? text : `${text}.`;
}

function passSentence(verdict: Judged): string {
  const { objectives, experiments } = verdict;
  const met =
    objectives.length === 0 ? "no objective was set" : `${objectives.length} of ${objectives.length} objectives met`;
  const all = [`${met}, ${survived(experiments.length)}, every check held`, ...remarks(verdict)];
  return ended(fitted("Pass: ", all, SENTENCE_WORDS_MAX, "more remarks"));
}

/** Joins as many reasons as fit, clips the last one if much of it fits, and counts the others. */
function fitted(head: string, reasons: readonly string[], wordsMax: number, others: string): string {
  let text = head + clipped(reasons[0] ?? "", wordsMax - wordsIn(head) - (reasons.length > 1 ? TAIL_WORDS + 1 : 0));
  let shown = 1;
  for (const reason of reasons.slice(1)) {
    const tail = shown + 1 < reasons.length ? TAIL_WORDS + 1 : 0;
    const room = wordsMax - wordsIn(text) - tail;
    if (room < Math.min(REASON_WORDS_MIN, wordsIn(reason))) break;
    text += `; ${clipped(reason, room)}`;
    shown++;
  }
  const left = reasons.length - shown;
  return left === 0 ? text : `${text}; and ${left} ${left === 1 ? others.replace(/s$/, "") : others}`;
}

function clipped(text: string, wordsMax: number): string {
  const words = text.trim().split(/\s+/);
  if (words.length <= wordsMax) return words.join(" ");
  return `${words
    .slice(0, wordsMax)
    .join(" ")
    .replace(/[,;:.]$/, "")}…`;
}

function wordsIn(text: string): number {
  return text.trim().split(/\s+/).filter(Boolean).length;
}

/** Returns the reasons for a status, losses first: whoever reads one reason must read that one. */
function reasonsOf(verdict: Judged, status: Status, plan: readonly Objective[]): string[] {
  const findings = verdict.findings.filter((one) => one.status === status);
  const losses = status === "fail" ? findings.filter((one) => (one.figures["lost"] ?? 0) > 0) : [];
  const told = new Set(losses.map(({ checker }) => MEASURE_OF[checker]));
  return [
    ...losses.map((one) => lossSays(one, verdict.experiments)),
    ...verdict.objectives
      .filter((one) => one.status === status && !told.has(one.measure))
      .map((one) => objectiveSays(one, plan.find(({ id }) => id === one.id)?.over["experiment"])),
    ...findings
      .filter((one) => !losses.includes(one))
      .map((one) => `${one.checker} of ${one.object}: ${clause(one.because)}`),
    ...verdict.validity.filter((one) => one.status === status).map((one) => clause(one.because)),
  ];
}

/** The measure that repeats what a checker found. */
const MEASURE_OF: Readonly<Record<string, string>> = { "acked-set": "lost-writes", duplicates: "duplicated-writes" };

/** Says how many writes were lost, around which fault, and how long before its bite: '12 of 3,400 acknowledged orders ...'. */
function lossSays({ object, figures, byExperiment = {} }: Finding, experiments: readonly ExperimentVerdict[]): string {
  const { lost = 0, acknowledged } = figures;
  const of = acknowledged === undefined ? "" : ` of ${count(acknowledged)}`;
  const says = `${count(lost)}${of} acknowledged writes of ${object} ${lost === 1 ? "was" : "were"} lost`;
  const around = Object.entries(byExperiment).map(([name, own]) => ({ name, lost: own["lost"] ?? 0 }));
  const worst = around.reduce((most, one) => (one.lost > most.lost ? one : most), { name: "", lost: 0 });
  if (worst.lost === 0) return says;
  const part = worst.lost === lost ? "" : `${count(worst.lost)} of them `;
  const seconds = experiments.find(({ name }) => name === worst.name)?.rpo.seconds ?? null;
  const when = seconds === null ? "" : `, the oldest ${figure(seconds)} s before its bite`;
  return `${says}, ${part}around "${worst.name}"${when}`;
}

/** Says what was asked and measured, and during which fault: 'orders work again: 35.2 to 35.9 s, asked under 30 s ...'. */
function objectiveSays(one: ObjectiveVerdict, experiment: string | undefined): string {
  const { says, status, measured, because, bound, unit } = one;
  if (status === "unknown" || measured === null) return `${clause(because)} (the objective: ${says})`;
  const during = experiment === undefined ? "" : `, during "${experiment}"`;
  return `measured ${measuredWords(one)}, asked ${describeBound(bound, unit)}${during} (the objective: ${says})`;
}

/** Returns remarks that a reader of a passed run should know, even though no objective covers them. */
function remarks({ experiments, findings, validity }: Judged): string[] {
  const healed = experiments.filter(({ healedBy }) => healedBy === "gameday").map(({ name }) => `"${name}"`);
  return [
    ...validity.filter(({ status }) => status !== "pass").map(({ because }) => clause(because)),
    ...(healed.length > 0 ? [`users recovered from ${healed.join(", ")} only when the fault ended`] : []),
    ...findings.filter(({ checker }) => checker === LOGINS_REPEATED).map(({ because }) => clause(because)),
  ];
}

function survived(faults: number): string {
  if (faults === 0) return "no fault was injected";
  return `${faults} ${faults === 1 ? "fault" : "faults"} survived`;
}

function clause(text: string): string {
  return text.replace(/\.$/, "");
}
