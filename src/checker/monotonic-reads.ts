/**
 * monotonic-reads: what a session reads never goes back to a surely older value, and an element that it has seen does not
 * disappear.
 *
 * Feeds: see session-history.ts; a session is one process (of the history). Applies only where the plan declares it.
 *
 * A later read goes back if every write of its value returned before the first write of an earlier read's value was called. A
 * value that was written twice, or by an unanswered write, therefore never leads to a wrong accusation.
 *
 * Figures: compared (reads that have an earlier read of the same session and key), violations, staleMsMax (0: not measured here).
 * O(reads) time for registers; a read of a collection costs its length. Source: Terry et al.: Session guarantees (1994).
 */
import type { Checker } from "../checker.ts";
import type { Operation } from "../history.ts";
import { canonicalJson } from "../std/json.ts";
import { type SessionTally, sessionCheck } from "./session-finding.ts";
import { groupBy, idsRead, type KeyHistory } from "./session-history.ts";

export const monotonicReads: Checker = {
  name: "monotonic-reads",
  claim: "a session never reads something older than it has already read",
  options: ["correlate", "numeric"],
  begin: (claim) => sessionCheck("monotonic-reads", claim, "no session went back in time", compareKey),
};

function compareKey(history: KeyHistory, comparison: SessionTally): void {
  const lasting = new Set(history.elements.map(({ id }) => id));
  for (const reads of groupBy(history.reads, (read) => read.process).values()) {
    compareValues(
      reads.filter((read) => idsRead(read) === undefined),
      history,
      comparison,
    );
    compareLists(reads, lasting, comparison);
  }
}

function compareValues(reads: readonly Operation[], { times }: KeyHistory, comparison: SessionTally): void {
  let newest: { readonly read: Operation; readonly earliestMs: number } | undefined;
  for (const read of reads) {
    if (read.outcome.type !== "ok") continue;
    const span = times.spanOf(read.outcome.output);
    if (newest !== undefined) {
      comparison.compared += 1;
      if (span !== undefined && span.latestMs < newest.earliestMs) wentBack(read, newest.read, comparison);
    }
    if (span !== undefined && (newest === undefined || span.earliestMs > newest.earliestMs)) {
      newest = { read, earliestMs: span.earliestMs };
    }
  }
}

function wentBack(read: Operation, newer: Operation, comparison: SessionTally): void {
  const value = (of: Operation) => canonicalJson(of.outcome.type === "ok" ? of.outcome.output : null);
  comparison.violate({
    says: `${read.process} read ${value(read)} after it had read the newer ${value(newer)}`,
    id: read.id,
    atMs: read.invokedAtMs,
    detail: { newer: newer.id },
  });
}

function compareLists(reads: readonly Operation[], lasting: ReadonlySet<string>, comparison: SessionTally): void {
  let seen: Set<string> | undefined;
  for (const read of reads) {
    const ids = idsRead(read);
    if (ids === undefined) continue;
    if (seen !== undefined) {
      comparison.compared += 1;
      const vanished = [...seen].filter((id) => !ids.has(id));
      if (vanished[0] !== undefined) {
        comparison.violate({
          says: `${read.process} no longer saw ${vanished[0]}, which it had seen before`,
          id: read.id,
          atMs: read.invokedAtMs,
          detail: { vanished: vanished.length },
        });
      }
    }
    seen = new Set([...(seen ?? []), ...ids].filter((id) => lasting.has(id)));
  }
}
