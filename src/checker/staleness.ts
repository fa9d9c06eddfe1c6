/**
 * staleness: every acknowledged write is seen by every read that begins more than the declared lag later.
 *
 * Feeds: see session-history.ts. Options: `declaredLagMs` (default 0: no read may be stale), `correlate` for collections.
 *
 * A register's read is stale if its value is surely older than some write that was acknowledged before the read was called
 * (value-times.ts). A collection's read is stale if it lacks an element that was acknowledged and that no operation tried to
 * remove.
 *
 * Figures: compared (reads with anything acknowledged before them), violations, staleMsMax (including reads within the lag: the
 * lag that the platform actually had). O(n log n) time for registers; a read of a collection that shows every element costs its
 * length, and a read that lacks one costs the number of all elements. Source: Jepsen's set-full checker (stale and lost
 * elements).
 */
import type { Checker, Claim } from "../checker.ts";
import type { Operation } from "../history.ts";
import { canonicalJson } from "../std/json.ts";
import { numberOption } from "./option.ts";
import { type SessionTally, sessionCheck } from "./session-finding.ts";
import { type Element, idsRead, type KeyHistory } from "./session-history.ts";
import { countUpTo } from "./sorted.ts";

export const staleness: Checker = {
  name: "staleness",
  claim: "an acknowledged write is seen within the declared lag",
  options: ["declaredLagMs", "correlate", "numeric"],
  begin: (claim: Claim) => {
    const lagMs = numberOption(claim, "declaredLagMs", 0);
    const promise = `nothing read was more than ${lagMs} ms old`;
    return sessionCheck("staleness", claim, promise, (history, comparison) => compareKey(history, lagMs, comparison));
  },
};

function compareKey(history: KeyHistory, lagMs: number, comparison: SessionTally): void {
  const tally = { lagMs, comparison };
  const writes = newestFirst(history.writes);
  const elements = history.elements.toSorted((a, b) => a.acknowledgedAtMs - b.acknowledgedAtMs);
  const rank = new Map(elements.map(({ id }, index) => [id, index]));
  for (const read of history.reads) {
    const ids = idsRead(read);
    if (ids === undefined) compareValue(read, writes, history, tally);
    else compareElements(read, ids, { elements, rank }, tally);
  }
}

/** The promise, and where what breaks it is counted. */
interface Tally {
  readonly lagMs: number;
  readonly comparison: SessionTally;
}

/** Acknowledged writes by completion, each with the latest-called of all writes that had completed by then. */
interface Acknowledged {
  readonly completedAtMs: number;
  /** The write that was called last of those completed so far: the one that a value is most easily older than. */
  readonly newest: Operation;
}

function newestFirst(writes: readonly Operation[]): Acknowledged[] {
  const sorted = writes.toSorted((a, b) => (a.completedAtMs ?? 0) - (b.completedAtMs ?? 0));
  let newest: Operation | undefined;
  return sorted.map((write) => {
    if (newest === undefined || write.invokedAtMs > newest.invokedAtMs) newest = write;
    return { completedAtMs: write.completedAtMs ?? 0, newest };
  });
}

function compareValue(
  read: Operation,
  acknowledged: readonly Acknowledged[],
  history: KeyHistory,
  { lagMs, comparison }: Tally,
): void {
  const before = countUpTo(acknowledged, read.invokedAtMs, (each) => each.completedAtMs);
  if (before === 0 || read.outcome.type !== "ok") return;
  comparison.compared += 1;
  const span = history.times.spanOf(read.outcome.output);
  if (span === undefined) return;
  // The first acknowledged write that is surely newer than the value determines since when the value is out of date.
  const first = countUpTo(acknowledged, span.latestMs, ({ newest }) => newest.invokedAtMs);
  const since = acknowledged[first];
  if (since === undefined || first >= before) return;
  const staleMs = read.invokedAtMs - (since.newest.completedAtMs ?? 0);
  comparison.staleMsMax = Math.max(comparison.staleMsMax, staleMs);
  if (staleMs <= lagMs) return;
  comparison.violate({
    says: `${read.process} read ${canonicalJson(read.outcome.output)}, ${staleMs.toFixed(0)} ms after the newer ${canonicalJson(since.newest.input)} was acknowledged`,
    id: read.id,
    atMs: read.invokedAtMs,
    detail: { write: since.newest.id },
  });
}

function compareElements(
  read: Operation,
  ids: ReadonlySet<string>,
  known: { readonly elements: readonly Element[]; readonly rank: ReadonlyMap<string, number> },
  { lagMs, comparison }: Tally,
): void {
  const due = countUpTo(known.elements, read.invokedAtMs, (element) => element.acknowledgedAtMs);
  if (due === 0) return;
  comparison.compared += 1;
  let present = 0;
  for (const id of ids) if ((known.rank.get(id) ?? due) < due) present += 1;
  if (present === due) return;
  const missing = known.elements.slice(0, due).filter(({ id }) => !ids.has(id));
  const oldest = missing[0];
  if (oldest === undefined) return;
  const staleMs = read.invokedAtMs - oldest.acknowledgedAtMs;
  comparison.staleMsMax = Math.max(comparison.staleMsMax, staleMs);
  if (staleMs <= lagMs) return;
  comparison.violate({
    says: `${read.process} did not see ${oldest.id}, ${staleMs.toFixed(0)} ms after it was acknowledged`,
    id: read.id,
    atMs: read.invokedAtMs,
    detail: { missing: missing.length },
  });
}
