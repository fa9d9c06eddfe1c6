/** Counts of what became of logical writes. */

/** Counts of one experiment, or of the whole run. `rpoMs`: from the oldest lost acknowledgement to the fault, else 0. */
export interface Writes {
  acknowledged: number;
  acknowledgedLastSecond: number;
  lost: number;
  recovered: number;
  duplicated: number;
  unknown: number;
  late: number;
  rpoMs: number;
  /** When the oldest lost write was acknowledged, counted from the fault's command: negative before it. Absent: none was lost. */
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
