/**
 * duplicates: no logical write materialised more than once.
 *
 * Feeds: as acked-set. Only ids of this run count. Where the app makes its own ids ("output.FIELD"), a second row has
 * another id and is an unexpected row of acked-set; then this finding is unknown unless one id itself is repeated.
 *
 * Figures: duplicated, present (ids seen), completeReads; by experiment: duplicated.
 * Complexity: O(operations + ledger lines) time, about 150 bytes a logical id.
 */
import type { Check, Checker, Claim, Finding, RunFacts } from "../checker.ts";
import { type Tally, tally } from "./tally.ts";
import { WriteSet } from "./write-set.ts";

export const duplicates: Checker = {
  name: "duplicates",
  claim: "no logical write materialised more than once",
  options: ["correlate", "prefix"],
  begin: (claim: Claim, facts: RunFacts): Check => {
    const writes = new WriteSet(claim, facts);
    return {
      operation: (operation) => writes.operation(operation),
      ledger: (line) => writes.ledger(line),
      finish: () => finding(writes, tally(writes, facts)),
    };
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
  if (result.present === 0) return "No write of this run is in the ledger, so none could be there twice.";
  if (!writes.correlation.clientSide) {
    return "The app makes its own ids, so a second row of one write cannot be told from another write.";
  }
  return null;
}
