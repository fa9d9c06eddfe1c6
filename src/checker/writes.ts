/**
 * Counts of what happened to logical writes.
 */

/**
 * The counts of one experiment, or of the whole run. `rpoMs` is the time from the oldest lost acknowledgement to the fault's
 * bite, or 0.
 */
export interface Writes {
  acknowledged: number;
  acknowledgedLastSecond: number;
  lost: number;
  recovered: number;
  duplicated: number;
  unknown: number;
  late: number;
  rpoMs: number;
  /**
   * When the oldest lost write was acknowledged, in milliseconds from the fault's bite: negative if before it. Absent if none was
   * lost.
   */
  oldestLostMs?: number;
}

export const NO_WRITES: Readonly<Writes> = {
  acknowledged: 0,
  acknowledgedLastSecond: 0,
  lost: 0,
  recovered: 0,
  duplicated: 0,
  unknown: 0,
  late: 0,
  rpoMs: 0,
};
