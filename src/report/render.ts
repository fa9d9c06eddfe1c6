/** Renders all files that are derived from a judgement, by name, always with the same bytes. */
import type { RunRecord } from "../evidence.ts";
import type { Judgement } from "../verdict/judge.ts";
import type { Verdict } from "../verdict.ts";
import { renderHtml } from "./html.ts";
import { renderJunit } from "./junit.ts";
import { renderMarkdown } from "./markdown.ts";
import { statsOf } from "./stats.ts";

export const VERDICT_FILE = "verdict.json";
export const REPORT_FILE = "report.html";
export const JUNIT_FILE = "junit.xml";

export function renderFiles({ verdict, facts }: Judgement, run: RunRecord): ReadonlyMap<string, string> {
  const stats = statsOf(facts);
  return new Map([
    [VERDICT_FILE, renderVerdict(verdict)],
    ["stats.json", json(stats)],
    ["report.md", renderMarkdown(verdict, run, stats)],
    [REPORT_FILE, renderHtml({ verdict, run, facts, stats })],
    [JUNIT_FILE, renderJunit(verdict)],
  ]);
}

/** Renders verdict.json with stable bytes. */
export function renderVerdict(verdict: Verdict): string {
  return json(verdict);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
