/**
 * read-your-writes: after a session's write is acknowledged, the session reads that write, or something that is not surely older.
 *
 * Feeds: see session-history.ts; a session is one process (of the history). Option: `correlate` for collections. Applies only
 * where the plan declares it: many platforms do not promise it.
 *
 * Figures: compared (reads after an acknowledged write of their session), violations, staleMsMax (the longest time from an
 * acknowledgement to the call of a read that did not show the write). O(n log n) time; a read of a collection costs its length
 * plus the number of the session's own elements. Source: Terry et al.: Session guarantees (1994).
 */
import type { Checker } from "../checker.ts";
import type { Operation } from "../history.ts";
import { canonicalJson } from "../std/json.ts";
import { type SessionTally, sessionCheck } from "./session-finding.ts";
import { type Element, groupBy, idsRead, type KeyHistory } from "./session-history.ts";
import { countUpTo } from "./sorted.ts";

export const readYourWrites: Checker = {
  name: "read-your-writes",
  claim: "a session reads what it wrote, or something newer",
  options: ["correlate", "numeric"],
  begin: (claim) => sessionCheck("read-your-writes", claim, "a session saw its own writes", compareKey),
};

function compareKey(history: KeyHistory, comparison: SessionTally): void {
  const writes = groupBy(history.writes, (write) => write.process);
  const elements = groupBy(history.elements, (element) => element.by);
  for (const read of history.reads) {
    const ids = idsRead(read);
    if (ids === undefined) compareValue(read, writes.get(read.process) ?? [], history, comparison);
    else compareElements(read, ids, elements.get(read.process) ?? [], comparison);
  }
}

function compareValue(read: Operation, own: readonly Operation[], history: KeyHistory, comparison: SessionTally): void {
  const last = own[countUpTo(own, read.invokedAtMs, (write) => write.completedAtMs ?? Infinity) - 1];
  if (last === undefined || read.outcome.type !== "ok") return;
  comparison.compared += 1;
  const span = history.times.spanOf(read.outcome.output);
  if (span === undefined || span.latestMs >= last.invokedAtMs) return;
  const sinceMs = read.invokedAtMs - (last.completedAtMs ?? 0);
  comparison.staleMsMax = Math.max(comparison.staleMsMax, sinceMs);
  comparison.violate({
    says: `${read.process} read ${canonicalJson(read.outcome.output)}, ${sinceMs.toFixed(0)} ms after its write of ${canonicalJson(last.input)} was acknowledged`,
    id: read.id,
    atMs: read.invokedAtMs,
    detail: { write: last.id },
  });
}

function compareElements(read: Operation, ids: Set<string>, own: readonly Element[], comparison: SessionTally): void {
  const due = own.filter(({ acknowledgedAtMs }) => acknowledgedAtMs <= read.invokedAtMs);
  if (due.length === 0) return;
  comparison.compared += 1;
  const missing = due.filter(({ id }) => !ids.has(id));
  const [first] = missing;
  if (first === undefined) return;
  const sinceMs = read.invokedAtMs - first.acknowledgedAtMs;
  comparison.staleMsMax = Math.max(comparison.staleMsMax, sinceMs);
  comparison.violate({
    says: `${read.process} did not see ${first.id}, ${sinceMs.toFixed(0)} ms after its own write of it was acknowledged`,
    id: read.id,
    atMs: read.invokedAtMs,
    detail: { missing: missing.length },
  });
}
