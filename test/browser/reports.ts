/** Reports to look at: the recorded run of the lab as it was, with acknowledged writes taken from its ledger, and with a ledger that was read only once. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openEvidence } from "../../src/evidence/reader.ts";
import type { Evidence } from "../../src/evidence.ts";
import type { LedgerLine } from "../../src/ledger.ts";
import { renderHtml } from "../../src/report/html.ts";
import { readLoad } from "../../src/report/load/reading.ts";
import { courseOf } from "../../src/report/picture/course-state.ts";
import { columnsOf } from "../../src/report/picture/timeline.ts";
import { renderFiles } from "../../src/report/render.ts";
import type { Stats } from "../../src/report/stats.ts";
import { placesOf } from "../../src/report/witness.ts";
import type { Status } from "../../src/status.ts";
import { judgeFully } from "../../src/verdict/judge.ts";
import type { Verdict } from "../../src/verdict.ts";
import { withFixtureRun } from "../fixture-run.ts";

export interface MadeReport {
  readonly verdict: Status;
  readonly html: string;
}

/** How each verdict is brought about. */
const CHANGES: Readonly<Record<Status, (evidence: Evidence) => Evidence>> = {
  pass: (evidence) => evidence,
  fail: (evidence) => strict({ ...evidence, ledger: () => withoutSome(evidence) }),
  unknown: (evidence) => ({ ...evidence, ledger: () => readOnce(evidence) }),
};

export function reportOf(verdict: Status): MadeReport {
  return withFixtureRun("lab-small", (folder) => {
    const evidence = CHANGES[verdict](openEvidence(folder));
    const judgement = judgeFully(evidence);
    return { verdict: judgement.verdict.verdict, html: renderFiles(judgement, evidence).get("report.html") ?? "" };
  });
}

/** Asks for a quicker recovery than there was. */
function strict(evidence: Evidence): Evidence {
  const { plan } = evidence.run;
  const objectives = plan.objectives.map((one) =>
    one.measure === "recovery-seconds" ? { ...one, bound: { under: 1 } } : one,
  );
  return { ...evidence, run: { ...evidence.run, plan: { ...plan, objectives } } };
}

/** The orders that were acknowledged in this time, about two seconds before the first bite, are taken from the ledger. */
const LOST = { fromMs: 15_900, toMs: 16_100 };

function* withoutSome({ operations, ledger }: Evidence): Iterable<LedgerLine> {
  const lost = new Set<string>();
  for (const { object, id, outcome, completedAtMs } of operations())
    if (object === OBJECT && outcome.type === "ok" && isBetween(completedAtMs ?? 0, LOST)) lost.add(id);
  let taken = 0;
  for (const line of ledger()) {
    if (line.object !== OBJECT) yield line;
    else if (line.line === "end") {
      const copies = line.copies === undefined ? {} : { copies: line.copies - taken };
      yield { ...line, items: line.items - taken, ...copies };
      taken = 0;
    } else if (lost.has(line.id)) taken += 1;
    else yield line;
  }
}

const OBJECT = "orders";
function isBetween(ms: number, { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): boolean {
  return ms >= fromMs && ms < toMs;
}

/** Leaves out every read of the ledger but the first, which alone proves nothing. */
function* readOnce({ ledger }: Evidence): Iterable<LedgerLine> {
  for (const line of ledger()) if (line.read <= 1) yield line;
}

/**
 * Returns the report of the kept full run: five faults, 24 objectives and 45 minutes. Its history and intervals were left out, so
 * it has no lanes and no lines; the verdict and the statistics are those that were kept.
 */
export function keptReport(): string {
  const evidence = openEvidence(FULL_RUN);
  const read = (name: string): unknown => JSON.parse(readFileSync(join(FULL_RUN, name), "utf8"));
  const verdict = read("verdict.json") as Verdict;
  const { facts } = judgeFully(evidence);
  const load = readLoad(evidence, facts);
  const derived = { columns: columnsOf(load.seconds), course: courseOf(facts, verdict.objectives) };
  const stats = read("stats.json") as Stats;
  return renderHtml({
    verdict,
    run: evidence.run,
    facts,
    stats,
    load,
    places: placesOf(facts.story),
    logs: [],
    ...derived,
  });
}

const FULL_RUN = "docs/full-run";
