/**
 * Whether a ledger had come to rest. Rows may reach what lists them seconds after they were acknowledged; as long as a read
 * shows more than the one before, what is absent is not lost. After the last change twice as much time must have passed without
 * another as rows had kept coming before it: rows that come by the batch, or few by few, are not all there because two reads
 * agree.
 */
import type { LedgerEnd } from "../ledger.ts";

const REST_FACTOR = 2;

/** `changedAt`: the last of `reads` (whole, in order) that showed something new; 0 or less: none did. */
export function isAtRest(reads: readonly Pick<LedgerEnd, "startedAtMs">[], changedAt: number): boolean {
  const [first, changed, last] = [reads[0], reads[changedAt], reads.at(-1)];
  if (changedAt <= 0 || first === undefined || changed === undefined || last === undefined) return true;
  if (last === changed) return false;
  return last.startedAtMs - changed.startedAtMs >= REST_FACTOR * (changed.startedAtMs - first.startedAtMs);
}

/** The words for a ledger that was not. */
export const STILL_CHANGED = "the ledger still changed between its last reads, so it was not at rest";
