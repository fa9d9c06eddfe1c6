/**
 * How a simulated run reads its ledgers: as often as a real run does, from a platform that may list rows late or in pages that
 * shift.
 */
import { ReadingCourse } from "../../src/ledger/course.ts";
import type { LedgerLine } from "../../src/ledger.ts";
import type { ClaimPlan, Plan } from "../../src/plan.ts";
import type { Site } from "../../src/platform/fake/site.ts";
import type { Random } from "../../src/std/random.ts";
import { type PagedFound, pagesOf } from "./paging.ts";
import { type FakeRecorder, stamp } from "./recorder.ts";

/** Each yielded value is the number of milliseconds to wait until the script continues. */
type Script = Generator<number, void, void>;

const READ_MS = 15;

export interface LedgerReadingParts {
  readonly site: Site;
  readonly plan: Plan;
  readonly recorder: FakeRecorder;
  readonly random: Random;
}

export function* ledgerReading(parts: LedgerReadingParts): Script {
  const { plan, site } = parts;
  const { ledgerReads } = site.behaviour.report;
  const courses = plan.claims
    .filter(({ source }) => source.kind !== "none")
    .map((claim) => ({ claim, course: new ReadingCourse({ prefix: null, expires: claim.expiresMs !== undefined }) }));
  yield plan.ledger.quietMs;
  for (let read = 1; read <= (ledgerReads ?? Number.POSITIVE_INFINITY); read++) {
    const open = courses.filter(({ course }) => !course.isOver());
    if (open.length === 0) return;
    if (read > 1) yield Math.max(...open.map(({ course }) => course.pauseMs(plan.ledger.betweenReadsMs)));
    for (const { claim, course } of open) {
      for (const line of linesOf(parts, claim, read)) {
        course.line(line);
        parts.recorder.ledger.push(line);
      }
      yield READ_MS + 5;
    }
  }
}

function linesOf({ site, random }: LedgerReadingParts, { object }: ClaimPlan, read: number): LedgerLine[] {
  const { report, ledger } = site.behaviour;
  const lagMs = read === 1 ? report.firstReadLagMs : 0;
  const rows: PagedFound[] = site.found(object, lagMs);
  const whole = ledger.pages === null ? rows : pagesOf(rows, ledger.pages, random.fork(object), read);
  const kept = report.ledgerComplete ? whole : whole.slice(0, whole.length >> 1);
  const startedAtMs = site.agenda.nowMs;
  const end: LedgerLine = {
    line: "end",
    read,
    object,
    startedAtMs: stamp(startedAtMs),
    completedAtMs: stamp(startedAtMs + READ_MS),
    complete: report.ledgerComplete,
    items: kept.length,
    copies: kept.reduce((sum, { count }) => sum + count, 0),
    source: `fake ${lagMs > 0 ? "copy" : "leader"} ${site.database.leader.id}`,
    ...(report.ledgerComplete ? {} : { because: "the connection broke half-way" }),
  };
  return [...kept.map((item): LedgerLine => ({ line: "item", read, ...item })), end];
}
