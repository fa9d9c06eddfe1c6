/** Summarizes the whole verdict in one plain sentence: first the result, then the reasons. */
import type { Verdict } from "../verdict.ts";
import { LOGINS_REPEATED } from "./own-findings.ts";

/** Returns the sentence. `torn` is why the evidence may be incomplete, which precedes all other reasons; null: it is complete. */
export function sentenceOf(verdict: Omit<Verdict, "sentence">, torn: string | null = null): string {
  const { objectives, findings, experiments } = verdict;
  if (verdict.verdict === "pass") {
    const met =
      objectives.length === 0 ? "no objective was set" : `${objectives.length} of ${objectives.length} objectives met`;
    return `Pass: ${met}, ${survived(experiments.length)}, every check held${remarks(verdict)}.`;
  }
  const of = (status: string) => [
    ...objectives
      .filter((one) => one.status === status)
      .map((one) => `${lower(one.because)} (the objective: ${one.says})`),
    ...findings
      .filter((one) => one.status === status)
      .map((one) => `${one.checker} of ${one.object} (${lower(one.because)})`),
    ...verdict.validity.filter((one) => one.status === status).map((one) => lower(one.because)),
  ];
  const reasons = [...(torn === null || verdict.verdict === "fail" ? [] : [torn]), ...of(verdict.verdict)];
  const more = reasons.length > 2 ? `; and ${reasons.length - 2} more` : "";
  const head = verdict.verdict === "fail" ? "Fail" : "Unknown";
  const body = reasons.slice(0, 2).join("; ") || "the plan has no objective, claim or experiment, so nothing is proven";
  return `${head}: ${body}${more}.`;
}

/** Returns remarks that a reader of a passed run should know, even though no objective covers them. */
function remarks({ experiments, findings, validity }: Omit<Verdict, "sentence">): string {
  const healed = experiments.filter(({ healedBy }) => healedBy === "gameday").map(({ name }) => `"${name}"`);
  const doubtful = validity.filter(({ status }) => status !== "pass").map(({ because }) => lower(because));
  const parts = [
    ...doubtful,
    ...(healed.length > 0 ? [`users recovered from ${healed.join(", ")} only when the fault ended`] : []),
    ...findings.filter(({ checker }) => checker === LOGINS_REPEATED).map(({ because }) => lower(because)),
  ];
  return parts.map((part) => `; ${part}`).join("");
}

function survived(faults: number): string {
  if (faults === 0) return "no fault was injected";
  return `${faults} ${faults === 1 ? "fault" : "faults"} survived`;
}

function lower(text: string): string {
  return text.replace(/\.$/, "");
}
