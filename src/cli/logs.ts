/** Collects the lines of a run's logs that its report shows: those around the bite of each experiment. */
import { readLogLines } from "../evidence/log-lines.ts";
import type { Evidence } from "../evidence.ts";
import { excerptOf, LOG_AFTER_MS, LOG_BEFORE_MS, type LogExcerpt } from "../report/logs.ts";
import type { Verdict } from "../verdict.ts";

export function logsAround(folder: string, { run }: Evidence, { experiments }: Verdict): LogExcerpt[] {
  const bites = experiments.flatMap(({ name, bite }) => (bite === null ? [] : [{ name, atMs: bite.atMs }]));
  const spans = bites.map(({ atMs }) => ({ fromMs: atMs - LOG_BEFORE_MS, toMs: atMs + LOG_AFTER_MS }));
  const lines = readLogLines(folder, run.startedAt, spans);
  return bites.map(({ name, atMs }) => excerptOf(name, atMs, lines));
}
