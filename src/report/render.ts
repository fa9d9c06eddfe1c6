/** Renders all files that are derived from a judgement, by name, always with the same bytes. */

import { wellFormed } from "../evidence/shape.ts";
import type { Evidence } from "../evidence.ts";
import type { Facts } from "../objective/facts.ts";
import type { Judgement } from "../verdict/judge.ts";
import type { Verdict } from "../verdict.ts";
import { renderHtml } from "./html.ts";
import { type LoadReading, readLoad } from "./load/reading.ts";
import { seriesOf, tableRowsOf } from "./load/rows.ts";
import type { LogExcerpt } from "./logs.ts";
import { courseOf } from "./picture/course-state.ts";
import { columnsOf } from "./picture/timeline.ts";
import { statsOf } from "./stats.ts";
import { failuresCsv, historyCsv, requestsCsv } from "./text/csv.ts";
import { renderJunit } from "./text/junit.ts";
import { renderMarkdown } from "./text/markdown.ts";
import { placesOf } from "./witness.ts";

export const VERDICT_FILE = "verdict.json";
export const REPORT_FILE = "report.html";
export const JUNIT_FILE = "junit.xml";

/**
 * Renders the files. `logs` are lines of the platform's logs around the bites, which only report.html shows; everything else
 * comes from the evidence alone.
 */
export function renderFiles(
  { verdict, facts }: Judgement,
  evidence: Evidence,
  logs: readonly LogExcerpt[] = [],
): ReadonlyMap<string, string> {
  const { run } = evidence;
  const load = readLoad(wellFormed(evidence), facts);
  const stats = statsOf(facts, load);
  const places = placesOf(facts.story);
  return new Map([
    [VERDICT_FILE, renderVerdict(verdict)],
    ["stats.json", json(stats)],
    ["report.md", renderMarkdown({ verdict, run, stats, places })],
    [
      REPORT_FILE,
      renderHtml({ verdict, run, facts, stats, load, places, logs, ...pictureParts(facts, verdict, load) }),
    ],
    [JUNIT_FILE, renderJunit(verdict)],
    ...csvFiles(load, facts),
  ]);
}

function pictureParts(facts: Facts, { objectives }: Verdict, { seconds }: LoadReading) {
  return { columns: columnsOf(seconds), course: courseOf(facts, objectives) };
}

function csvFiles(load: LoadReading, facts: Facts): [name: string, text: string][] {
  const { requests, failures } = tableRowsOf(load, facts);
  return [
    ["requests-by-name.csv", requestsCsv(requests)],
    ["failures.csv", failuresCsv(failures)],
    ["history.csv", historyCsv(seriesOf(load.seconds))],
  ];
}

/** Renders verdict.json with stable bytes. */
export function renderVerdict(verdict: Verdict): string {
  return json(verdict);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
