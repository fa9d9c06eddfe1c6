/**
 * Checks that every line of the evidence has the expected shape, because evidence may be made by hand or by another tool, or come
 * from a damaged disk. A malformed line throws GamedayError (exit 2, unknown) with its file and line, and is never a crash or a
 * pass. The short files are checked by their schemas, and the long ones by hand-written code, at a tenth of the cost.
 */
import { z } from "zod";
import type { Evidence } from "../evidence.ts";
import type { Operation } from "../history.ts";
import type { Interval, MetricDelta } from "../interval.ts";
import type { LedgerEnd, LedgerItem, LedgerLine } from "../ledger.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import { BUCKET_MAX } from "../std/histogram.ts";
import { isRecord } from "../std/json.ts";
import type { TimelineEvent } from "../timeline.ts";
import { HISTORY_FILE, INTERVALS_FILE, LEDGER_FILE, RUN_FILE, TIMELINE_FILE } from "./files.ts";
import { judgedPlanSchema, runSchema, timelineSchema } from "./schema.ts";

const KNOWN_EVENTS: ReadonlySet<unknown> = new Set(timelineSchema.options.map((option) => option.shape.type.value));

/** Returns the same evidence, checked: run and timeline immediately, and the streams as they are read. */
export function wellFormed(evidence: Evidence): Evidence {
  requireSchema(runSchema, evidence.run, RUN_FILE);
  requireSchema(judgedPlanSchema, evidence.run.plan, RUN_FILE);
  for (const [at, event] of evidence.timeline.entries()) requireEvent(event, at + 1);
  return {
    ...evidence,
    operations: () => checked(evidence.operations(), isOperation, HISTORY_FILE),
    intervals: () => checked(evidence.intervals(), isInterval, INTERVALS_FILE),
    ledger: () => checked(evidence.ledger(), (line) => isLedgerLine(line, evidence.run.version), LEDGER_FILE),
  };
}

function* checked<T>(lines: Iterable<T>, holds: (line: unknown) => boolean, file: string): Iterable<T> {
  let number = 0;
  for (const line of lines) {
    number++;
    if (!holds(line)) throw malformed(file, number, JSON.stringify(line)?.slice(0, 200) ?? "nothing");
    yield line;
  }
}

/** Checks an event. All readers ignore event types that this version does not know, and so does this check. */
function requireEvent(event: TimelineEvent, line: number): void {
  const value: unknown = event;
  if (
    isRecord(value) &&
    !KNOWN_EVENTS.has(value["type"]) &&
    typeof value["type"] === "string" &&
    isNumber(value["atMs"])
  )
    return;
  requireSchema(timelineSchema, value, TIMELINE_FILE, line);
}

function requireSchema(schema: z.ZodType, value: unknown, file: string, line?: number): void {
  const result = schema.safeParse(value);
  if (!result.success) throw malformed(file, line, z.prettifyError(result.error).slice(0, 300));
}

function malformed(file: string, line: number | undefined, got: string): GamedayError {
  return new GamedayError({
    code: "evidence-malformed",
    expected: `evidence as schema/ describes it`,
    got,
    hint: "the file was damaged, or written by a tool that does not know this format",
    exitCode: ExitCode.unknown,
    place: { file, ...(line === undefined ? {} : { line }) },
  });
}

/** Returns whether a value is a finite number. JSON has no Infinity, but 1e999 is parsed as Infinity. */
function isNumber(value: unknown): boolean {
  return Number.isFinite(value);
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0;
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isOperation(line: unknown): boolean {
  if (!isRecord(line)) return false;
  const { id, process, object, kind, key, attempt, outcome, probe } = line as unknown as Operation;
  const { intendedAtMs, invokedAtMs, completedAtMs } = line as unknown as Operation;
  return (
    [id, process, object, kind, key ?? ""].every(isText) &&
    [attempt, intendedAtMs, invokedAtMs, completedAtMs ?? 0].every(isNumber) &&
    completedAtMs !== undefined &&
    isOutcome(outcome) &&
    (probe === undefined || isProbe(probe))
  );
}

function isOutcome(outcome: unknown): boolean {
  if (!isRecord(outcome)) return false;
  if (outcome["type"] === "ok") return outcome["output"] !== undefined;
  return (outcome["type"] === "refused" || outcome["type"] === "unknown") && isText(outcome["code"]);
}

function isProbe(probe: unknown): boolean {
  return (
    isRecord(probe) &&
    isText(probe["class"]) &&
    (probe["connection"] === "kept" || probe["connection"] === "fresh") &&
    (probe["everyMs"] === undefined || isBeat(probe["everyMs"]))
  );
}

/** The slowest rate of a probe is one beat a second. A slower one would turn every silence into its usual pace. */
const BEAT_MS_MAX = 1_000;

function isBeat(everyMs: unknown): boolean {
  return isNumber(everyMs) && Number(everyMs) > 0 && Number(everyMs) <= BEAT_MS_MAX;
}

/** The first version of the evidence in which an end line counts the copies of its read. */
const COPIES_SINCE_VERSION = 2;

function isLedgerLine(line: unknown, version: number): boolean {
  if (!isRecord(line)) return false;
  const known = line as unknown as LedgerLine;
  if (!isCount(known.read) || !isText(known.object)) return false;
  return known.line === "item" ? isLedgerItem(known) : known.line === "end" && isLedgerEnd(known, version);
}

function isLedgerItem({ id, count, page, row }: LedgerItem): boolean {
  return isText(id) && isCount(count) && (page === undefined || (isCount(page) && page > 0)) && isText(row ?? "");
}

function isLedgerEnd(end: LedgerEnd, version: number): boolean {
  const { startedAtMs, completedAtMs, items, copies, pages, complete, source } = end;
  return (
    [startedAtMs, completedAtMs].every(isNumber) &&
    isCount(items) &&
    (copies === undefined ? version < COPIES_SINCE_VERSION : isCount(copies)) &&
    (pages === undefined || (Array.isArray(pages) && pages.every(isCount))) &&
    typeof complete === "boolean" &&
    isText(source)
  );
}

function isInterval(line: unknown): boolean {
  if (!isRecord(line)) return false;
  const { worker, epoch, sequence, fromMs, toMs, users, usersIntended, dropped, metrics, health } =
    line as unknown as Interval;
  return (
    isText(worker) &&
    [epoch, sequence, users, usersIntended, dropped].every(isCount) &&
    [fromMs, toMs].every(isNumber) &&
    Array.isArray(metrics) &&
    metrics.every(isDelta) &&
    isRecord(health) &&
    [
      health.loopDelayMsP99,
      health.loopDelayMsMax,
      health.cpu,
      health.rssBytes,
      health.sendLagMsP50,
      health.sendLagMsMax,
    ].every(isNumber)
  );
}

function isDelta(delta: unknown): boolean {
  if (!isRecord(delta)) return false;
  const { metric, count, failed, sum, min, max, buckets } = delta as unknown as MetricDelta;
  if (!isText(metric) || ![count, failed].every(isCount) || ![sum, min, max].every(isNumber)) return false;
  return buckets === undefined || (Array.isArray(buckets) && buckets.length % 2 === 0 && buckets.every(isPairPart));
}

/** Checks one number of a histogram: even positions are bucket numbers (negative for negative values), odd ones are counts. */
function isPairPart(value: unknown, at: number): boolean {
  if (!Number.isInteger(value)) return false;
  return at % 2 === 1 ? Number(value) >= 0 : Math.abs(Number(value)) <= BUCKET_MAX;
}
