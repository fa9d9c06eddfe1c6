/**
 * duplicates: no logical write materialised more than once.
 *
 * Feeds: the same as acked-set. Only ids of this run count. If the app generates the ids itself ("output.FIELD"), a second row
 * has another id and is an unexpected row of acked-set; this finding is then unknown unless one id itself is repeated.
 *
 * Figures: duplicated, present (ids seen), completeReads; by experiment: duplicated. Complexity: O(operations + ledger lines)
 * time and about 150 bytes per logical id, shared with acked-set of the same claim.
 */
import type { Checker, Finding } from "../checker.ts";
import { SharedFolds } from "./shared-folds.ts";
import type { Tally } from "./tally.ts";
import { WriteFold } from "./write-fold.ts";
import type { WriteSet } from "./write-set.ts";

export const duplicates: Checker = {
  name: "duplicates",
  claim: "no logical write materialised more than once",
  options: ["correlate", "prefix", "holds", "numeric"],
  knowsExpiry: true,
  begin: (claim, facts, shared = new SharedFolds(claim, facts)) => {
    const fold = shared.of(WriteFold);
    return fold.check(() => finding(fold.writes, fold.tally()));
  },
};

function finding(writes: WriteSet, result: Tally): Finding {
  const { duplicated } = result.total;
  const gap = gapOf(writes, result);
  return {
    checker: duplicates.name,
    object: writes.object,
    status: duplicated > 0 ? "fail" : gap !== null ? "unknown" : "pass",
    because:
      duplicated > 0
        ? `${duplicated} of ${result.present} logical writes are in the ledger more than once.`
        : (gap ?? `Each of ${result.present} logical writes is in the ledger once.`),
    witnesses: result.witnesses.duplicated,
    figures: { duplicated, present: result.present, completeReads: result.complete.length },
    byExperiment: Object.fromEntries(
      [...result.byExperiment].map(([name, own]) => [name, { duplicated: own.duplicated }]),
    ),
  };
}

function gapOf(writes: WriteSet, result: Tally): string | null {
  if (result.complete.length === 0) return `No complete read of the ledger: ${writes.reads.whyIncomplete()}.`;
  if (result.shownAgain > 0) {
    return `${result.shownAgain} logical writes are on two pages of the ledger while others are on none: either their rows are duplicates, or the pages are in an order with ties. An order by a unique column, or a "row" for each item, would distinguish the two.`;
  }
  if (result.repeatedBefore > 0) {
    return `${result.repeatedBefore} logical writes were in an earlier read more than once, but not in the last read: they were cleaned up since, or the pages overlapped.`;
  }
  if (result.present === 0) return "No write of this run is in the ledger, so none could be a duplicate.";
  if (!writes.correlation.clientSide) {
    return "The app makes its own ids, so a second row of one write cannot be distinguished from another write.";
  }
  return null;
}
