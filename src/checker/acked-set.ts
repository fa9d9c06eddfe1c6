/**
 * acked-set: every acknowledged write is in the ledger, and the ledger holds nothing that was never attempted. With the option
 * `holds`, each row must also hold the listed fields of the input as they were sent.
 *
 * Feeds: operations of kind "add" (and "remove"), see write-set.ts; ledger items are the ids that exist, `count` copies of each.
 *
 * Options:
 * - `correlate`, `prefix`.
 * - `refused`: what a refusal guarantees, see refused-present.ts.
 * - `holds`: a list of fields, see sent-values.ts.
 * - `sparse: true`: for an object that is written too seldom to have a write in the last second before every fault. The lack of
 *   such a write is then reported, but is not a gap in the evidence (objects that are written all the time put the faults to the
 *   test).
 *
 * Figures: acknowledged, acknowledgedLastSecond (the minimum over all faults), unknown, refused, lost, recovered, late,
 * unexpected, duplicated, resurrected, refusedPresent, lostWorkerRows, foreignLines, completeReads, rpoMs, and where they are not
 * zero vanished, unsettled, passedOver, expired (tally.ts) and altered. The figures acknowledged .. rpoMs are also given by
 * experiment, see Writes in writes.ts.
 *
 * Complexity: O(operations + ledger lines) time and about 150 bytes per logical id, shared with `duplicates` of the same claim.
 * Source: Jepsen's set checker (lost, unexpected, recovered), extended by a second read and by "unknown" where evidence is
 * missing.
 */
import type { Checker, Finding, RunFacts } from "../checker.ts";
import { WITNESSES_MAX } from "../checker.ts";
import { bitOf } from "../ledger/reads.ts";
import { STILL_CHANGED } from "../ledger/rest.ts";
import { type Refusals, refusalsOption, refusedPresent } from "./refused-present.ts";
import { SharedFolds } from "./shared-folds.ts";
import type { Tally } from "./tally.ts";
import { WriteFold } from "./write-fold.ts";
import type { WriteSet } from "./write-set.ts";

export const ackedSet: Checker = {
  name: "acked-set",
  claim: "the ledger holds every acknowledged write, and nothing that no client wrote",
  options: ["correlate", "prefix", "sparse", "holds", "numeric", "refused"],
  knowsExpiry: true,
  begin: (claim, facts, shared = new SharedFolds(claim, facts)) => {
    const fold = shared.of(WriteFold);
    const options = { sparse: claim.options["sparse"] === true, refusals: refusalsOption(claim) };
    return fold.check(() => finding(fold, facts, options));
  },
};

interface Options {
  readonly sparse: boolean;
  readonly refusals: Refusals;
}

function finding(fold: WriteFold, facts: RunFacts, { sparse, refusals }: Options): Finding {
  const { writes } = fold;
  const result = fold.tally();
  const excess = unexplained(writes, result);
  const stored = refusedPresent(refusals, result.refusedPresent, result.refused);
  const failure = failureOf(writes, result, excess, stored.failure);
  const quiet = quietSecond(writes, result);
  const gap = gapOf(writes, facts, result, excess) ?? stored.gap ?? (sparse ? null : quiet);
  const { witnesses } = result;
  return {
    checker: ackedSet.name,
    object: writes.object,
    status: failure !== null ? "fail" : gap !== null ? "unknown" : "pass",
    because: failure ?? gap ?? [`${soundness(result, stored.remark)}.`, quiet ?? ""].join(" ").trimEnd(),
    witnesses: [
      ...witnesses.lost,
      ...(excess > 0 ? witnesses.unexpected : []),
      ...witnesses.resurrected,
      ...witnesses.refused,
      ...witnesses.altered,
      ...witnesses.absent,
    ].slice(0, WITNESSES_MAX),
    figures: figuresOf(writes, result, excess),
    byExperiment: Object.fromEntries([...result.byExperiment].map(([name, own]) => [name, { ...own }])),
  };
}

/**
 * Returns the number of unexpected rows that remain unexplained. Each write without an id explains one row: the app generated the
 * id itself, or the script never reported it.
 */
function unexplained(writes: WriteSet, result: Tally): number {
  return Math.max(0, result.unexpected - writes.unknownWithoutId - writes.acknowledgedWithoutId);
}

function failureOf(writes: WriteSet, result: Tally, excess: number, refused: string | null): string | null {
  const { total, resurrected, altered } = result;
  const parts = [
    total.lost > 0
      ? `${total.lost} of ${total.acknowledged} acknowledged writes are lost${underOtherIds(writes, result)}`
      : "",
    excess > 0 ? `${excess} rows in the ledger were attempted by no client` : "",
    refused ?? "",
    resurrected > 0 ? `${resurrected} removed rows are in the ledger again` : "",
    altered > 0 ? `${altered} rows hold values that differ from what was sent` : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? null : `${parts.join("; ")}.`;
}

/**
 * Returns a hint if all writes are lost while the ledger has rows under other ids: mismatched ids are then likelier than lost
 * rows.
 */
function underOtherIds(writes: WriteSet, { total, unexpected }: Tally): string {
  const others = writes.foreignLines + unexpected;
  if (total.lost < total.acknowledged || total.late + total.recovered > 0 || others === 0) return "";
  return ` (none of them is in the ledger under its id, and ${others} lines of the ledger have other ids: does the app store the id that the script records?)`;
}

/** Returns why the evidence does not suffice for a pass, or null if it does. */
function gapOf(writes: WriteSet, facts: RunFacts, result: Tally, excess: number): string | null {
  if (result.complete.length === 0) return `No complete read of the ledger: ${writes.reads.whyIncomplete()}.`;
  if (writes.acknowledgedWithoutId > 0) {
    return `${writes.acknowledgedWithoutId} acknowledged writes have no id by which they could be found in the ledger: ${writes.correlation.lack}.`;
  }
  if (result.total.acknowledged === 0) return "No write was acknowledged, so none could be lost.";
  if (result.expired === result.total.acknowledged) {
    return `All ${result.expired} acknowledged writes may have expired before the ledger was read, so no loss could be seen.`;
  }
  if (result.unsettled > 0) {
    return `${result.unsettled} acknowledged writes or removals do not show, and ${STILL_CHANGED}: they are lost, or late.`;
  }
  if (result.passedOver > 0) {
    return `${result.passedOver} acknowledged writes are on no page of the ledger, and at least as many others are on two: they are lost, or pages in an order with ties skipped them. An order by a unique column, or a "row" for each item, would distinguish the two.`;
  }
  if (result.absent > 0) {
    return `${result.absent} acknowledged writes are absent from the only complete read: they are lost, or late. A second read would distinguish the two.`;
  }
  if (result.vanished > 0) {
    return `${result.vanished} acknowledged writes were in an earlier read and are absent from the last one: they have disappeared since, or the last read came from a replica that lagged behind. One more read would distinguish the two.`;
  }
  if (writes.values.isAsked && writes.values.compared === 0) {
    return "The ledger shows no values, so it is unknown whether the rows hold what was sent.";
  }
  const silent = writes.values.silentIn(bitOf(result.complete.at(-1) ?? 0));
  if (silent > 0) {
    return `${silent} rows in the ledger have no value, so it is unknown whether they hold what was sent.`;
  }
  if (excess > 0 && facts.lostWorkers.length > 0)
    return "Rows written by lost workers cannot be distinguished from unexpected ones.";
  return null;
}

function quietSecond(writes: WriteSet, { acknowledgedLastSecond }: Tally): string | null {
  const quiet = writes.windows.faults.filter((_, index) => (acknowledgedLastSecond[index] ?? 0) === 0);
  if (quiet.length === 0) return null;
  const names = quiet.map(({ experiment }) => `"${experiment}"`).join(", ");
  return `No write was acknowledged in the last second before the fault of ${names}, so the loss of such a write was not tested.`;
}

function soundness({ total, complete, expired }: Tally, remark: string | null): string {
  const late = total.late > 0 ? `, ${total.late} of them late` : "";
  const there =
    expired > 0
      ? `${total.acknowledged - expired} of ${total.acknowledged} acknowledged writes are in the ledger, and the other ${expired} may have expired`
      : `All ${total.acknowledged} acknowledged writes are in the ledger`;
  return (
    `${there} (${complete.length} complete reads)${late}; ` +
    `${total.recovered} of ${total.unknown} unanswered writes are there too${remark === null ? "" : `; ${remark}`}`
  );
}

function figuresOf(writes: WriteSet, result: Tally, excess: number): Record<string, number> {
  return {
    ...result.total,
    unexpected: excess,
    refused: result.refused,
    refusedPresent: result.refusedPresent,
    resurrected: result.resurrected,
    lostWorkerRows: result.lostWorkerRows,
    foreignLines: writes.foreignLines,
    completeReads: result.complete.length,
    ...(result.vanished > 0 && { vanished: result.vanished }),
    ...(result.unsettled > 0 && { unsettled: result.unsettled }),
    ...(result.passedOver > 0 && { passedOver: result.passedOver }),
    ...(result.expired > 0 && { expired: result.expired }),
    ...(result.altered > 0 && { altered: result.altered }),
  };
}
