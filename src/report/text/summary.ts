/** Summarizes the verdict in a few lines for a terminal: each objective with its measured value, then the sentence. No colors. */
import { measuredWords } from "../../objective/words.ts";
import type { Verdict } from "../../verdict.ts";
import { formatBound } from "../format.ts";
import { visible } from "./escape.ts";

export function renderSummary(verdict: Verdict): string {
  const objectives = verdict.objectives.map((one) => {
    return `  ${one.status.padEnd(7)}  ${one.says}: ${measuredWords(one)} (${formatBound(one.bound, one.unit)})`;
  });
  const troubles = [...verdict.findings, ...verdict.validity]
    .filter((one) => one.status !== "pass")
    .map((one) => `  ${one.status.padEnd(7)}  ${one.checker} of ${one.object}: ${one.because}`);
  const lines = [`verdict: ${verdict.verdict}`, ...objectives, ...troubles, verdict.sentence];
  return `${lines.map((line) => visible(line).replaceAll("\n", " ")).join("\n")}\n`;
}
