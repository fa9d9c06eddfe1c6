/** Makes one row of the history for each run folder: when it ran, and its verdict when it is judged now from its evidence. */
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

/** Returns a row. `kept` is the verdict in `verdict.json` (null if there is none), which is shown if judging now differs. */
export function historyRow(
  run: Pick<RunRecord, "runId" | "startedAt">,
  verdict: Verdict,
  kept: string | null,
): HistoryRow {
  const { runId, startedAt } = run;
  const met = verdict.objectives.filter(({ status }) => status === "pass").length;
  const { sentence } = verdict;
  const other = kept === null || kept === verdict.verdict ? "" : `[its verdict.json says ${kept}] `;
  return {
    startedAt,
    runId,
    verdict: verdict.verdict,
    exitCode: String(verdict.exitCode),
    objectives: `${met} of ${verdict.objectives.length}`,
    sentence: `${other}${sentence.length > SENTENCE_MAX ? `${sentence.slice(0, SENTENCE_MAX - 1)}…` : sentence}`,
  };
}

/** Returns the row for a run folder that cannot be read. */
export function unreadableRow(runId: string, sentence: string): HistoryRow {
  return { startedAt: "", runId, verdict: "unreadable", exitCode: "-", objectives: "-", sentence };
}

/** Sorts the oldest runs first, and runs of the same time by name, so that the order never depends on the file system. */
export function sortHistory(rows: readonly HistoryRow[]): HistoryRow[] {
  return [...rows].sort((a, b) => order(a.startedAt, b.startedAt) || order(a.runId, b.runId));
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
