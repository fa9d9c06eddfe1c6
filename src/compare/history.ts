/** One row a run folder: when, what came of it. Reads what `verdict.json` says; a folder without one was never judged. */
import type { RunRecord } from "../evidence.ts";
import type { Verdict } from "../verdict.ts";

export interface HistoryRow {
  readonly startedAt: string;
  readonly runId: string;
  readonly verdict: string;
  readonly exitCode: string;
  readonly objectives: string;
  readonly sentence: string;
}

const SENTENCE_MAX = 100;

export function historyRow(run: Pick<RunRecord, "runId" | "startedAt">, verdict: Verdict | null): HistoryRow {
  const { runId, startedAt } = run;
  if (verdict === null)
    return { startedAt, runId, verdict: "not judged", exitCode: "-", objectives: "-", sentence: "" };
  const met = verdict.objectives.filter(({ status }) => status === "pass").length;
  const { sentence } = verdict;
  return {
    startedAt,
    runId,
    verdict: verdict.verdict,
    exitCode: String(verdict.exitCode),
    objectives: `${met} of ${verdict.objectives.length}`,
    sentence: sentence.length > SENTENCE_MAX ? `${sentence.slice(0, SENTENCE_MAX - 1)}…` : sentence,
  };
}

/** A run folder of which not even that can be said. */
export function unreadableRow(runId: string, sentence: string): HistoryRow {
  return { startedAt: "", runId, verdict: "unreadable", exitCode: "-", objectives: "-", sentence };
}

/** Oldest first; equal times by name, so that the order never depends on the file system. */
export function sortHistory(rows: readonly HistoryRow[]): HistoryRow[] {
  return [...rows].sort((a, b) => order(a.startedAt, b.startedAt) || order(a.runId, b.runId));
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
