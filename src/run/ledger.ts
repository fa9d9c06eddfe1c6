/**
 * Reads back what the system reports as true at rest: the ledger of every claim, until it is at rest, within the plan's
 * bounds.
 */
import { setTimeout as delay } from "node:timers/promises";
import { checkerNamed } from "../checker/catalogue.ts";
import { correlationOf } from "../checker/correlation.ts";
import { prefixOf } from "../checker/write-set.ts";
import { ReadingCourse } from "../ledger/course.ts";
import type { LedgerItem } from "../ledger.ts";
import type { ClaimPlan, LedgerSource } from "../plan.ts";
import type { Run } from "../run.ts";
import { abortAt } from "../std/deadline.ts";
import { messageOf } from "../std/errors.ts";
import { timeoutOf } from "./ask.ts";
import { type Page, readHttp } from "./ledger-http.ts";
import { readSql } from "./ledger-sql.ts";

const WITHIN_MS = 600_000;

interface Course {
  readonly claim: ClaimPlan;
  readonly course: ReadingCourse;
}

/** Reads all ledgers. Throws only if the run is stopped; a ledger that could not be read is recorded as unread. */
export async function readLedger(run: Run): Promise<void> {
  const { quietMs, betweenReadsMs, withinMs = WITHIN_MS } = run.plan.ledger;
  await delay(quietMs, undefined, { signal: run.stop.signal });
  using limit = abortAt({ what: "the ledger to be read and at rest", deadlineMs: withinMs, signal: run.stop.signal });
  const courses = sourcesOf(run.plan.claims).map((claim) => ({ claim, course: courseOf(run, claim) }));
  for (let read = 1; ; read++) {
    const open = courses.filter(({ course }) => !course.isOver());
    if (open.length === 0) return;
    const pauseMs = Math.max(...open.map(({ course }) => course.pauseMs(betweenReadsMs)));
    if (read > 1 && !(await paused(run, pauseMs, limit.signal))) return;
    for (const one of open) await readOnce(run, one, read, limit.signal);
  }
}

/** Waits for the pause; returns false if the time for all reads ended first. */
async function paused(run: Run, pauseMs: number, signal: AbortSignal): Promise<boolean> {
  await delay(pauseMs, undefined, { signal }).catch(() => undefined); // its reason is checked in the next line
  run.stop.signal.throwIfAborted();
  return !signal.aborted;
}

/**
 * Returns one claim for each ledger. One object has one ledger, however many claims are made about it; the plan's validation
 * refuses two different ones.
 */
function sourcesOf(claims: readonly ClaimPlan[]): ClaimPlan[] {
  const known = claims.filter(({ source }) => source.kind !== "none");
  return known.filter(({ object }, at) => known.findIndex((other) => other.object === object) === at);
}

/**
 * Makes the course of a claim's reads. Other people's rows can be distinguished from ours before the history is read only if
 * the ledger's ids are those of the clients' writes, and these are the run's own. The ids of a counter are not: all its rows count.
 */
function courseOf(run: Run, claim: ClaimPlan): ReadingCourse {
  const checkers = claim.checkers.map((name) => checkerNamed(name));
  const isCounter = checkers.length > 0 && checkers.every(({ options }) => !options.includes("correlate"));
  const isOwn = !isCounter && (claim.options["correlate"] ?? "id") === "id";
  const prefix = isOwn ? prefixOf(claim, run, correlationOf(claim).clientSide) : null;
  return new ReadingCourse({ prefix, expires: claim.expiresMs !== undefined });
}

async function readOnce(run: Run, { claim, course }: Course, read: number, signal: AbortSignal): Promise<void> {
  const { object } = claim;
  const seen = { startedAtMs: run.clock.nowMs(), items: 0, copies: 0, pages: [] as number[], source: "nobody" };
  let because: string | undefined;
  try {
    for await (const page of pagesOf(run, claim.source, signal)) {
      seen.source = page.source;
      seen.items += page.found.length;
      seen.pages.push(page.found.length);
      for (const found of page.found) {
        seen.copies += found.count;
        const item: LedgerItem = { line: "item", read, object, ...found };
        course.line(item);
        run.evidence.ledger(item);
      }
    }
  } catch (thrown) {
    run.stop.signal.throwIfAborted();
    because = messageOf(thrown);
  }
  const { pages, ...counted } = seen;
  const times = { ...counted, completedAtMs: run.clock.nowMs(), ...(pages.length > 1 && { pages }) };
  const outcome = { complete: because === undefined, ...(because !== undefined && { because }) };
  const end = { line: "end", read, object, ...times, ...outcome } as const;
  course.line(end);
  run.evidence.ledger(end);
}

async function* pagesOf(run: Run, source: LedgerSource, signal: AbortSignal): AsyncGenerator<Page> {
  if (source.kind === "http") yield* readHttp({ run, ledger: source, signal });
  if (source.kind !== "sql") return;
  const deadlineMs = timeoutOf(run.plan.ledger);
  using limit = abortAt({ what: "the ledger's SQL to be answered", deadlineMs, signal });
  yield await readSql(run, source, limit.signal);
}
