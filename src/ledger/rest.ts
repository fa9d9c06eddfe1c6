/**
 * Decides whether a ledger had come to rest. Rows may become visible in a listing seconds after they were acknowledged; as long
 * as each read shows more than the one before, an absent row is not lost. After the last change, twice as much time as rows had
 * kept arriving before it must pass without another change: two reads that agree do not prove that all rows have arrived, because
 * rows may arrive in batches or a few at a time.
 */
import type { LedgerEnd } from "../ledger.ts";

const REST_FACTOR = 2;

/**
 * Returns whether the ledger was at rest. `changedAt` is the index of the last of `reads` (complete, in order) that showed
 * something new; 0 or less if none did.
 */
export function isAtRest(reads: readonly Pick<LedgerEnd, "startedAtMs">[], changedAt: number): boolean {
  const [first, changed, last] = [reads[0], reads[changedAt], reads.at(-1)];
  if (changedAt <= 0 || first === undefined || changed === undefined || last === undefined) return true;
  if (last === changed) return false;
  return last.startedAtMs - changed.startedAtMs >= REST_FACTOR * (changed.startedAtMs - first.startedAtMs);
}

/** The message for a ledger that was not at rest. */
export const STILL_CHANGED = "the ledger still changed between its last reads, so it was not at rest";
