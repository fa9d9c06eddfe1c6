/** Computes the account of writes of one experiment, summed over the findings of all claims that have figures by experiment. */
import type { Finding } from "../checker.ts";
import type { RecoveryPoint, WriteAccount } from "../experiment.ts";

type Figures = Readonly<Record<string, number>>;

const ACKED_SET = "acked-set";
const DUPLICATES = "duplicates";

/** Sums acked-set over all objects; the duplicates of an object come from whichever of the two checkers saw more. */
export function writesOf(experiment: string, findings: readonly Finding[]): WriteAccount {
  const total = { acknowledged: 0, acknowledgedLastSecond: 0, lost: 0, recovered: 0, duplicated: 0, unknown: 0 };
  for (const object of new Set(findings.map((finding) => finding.object))) {
    const set = figuresOf(experiment, findings, ACKED_SET, object);
    const duplicates = figuresOf(experiment, findings, DUPLICATES, object);
    total.acknowledged += set["acknowledged"] ?? 0;
    total.acknowledgedLastSecond += set["acknowledgedLastSecond"] ?? 0;
    total.lost += set["lost"] ?? 0;
    total.recovered += set["recovered"] ?? 0;
    total.unknown += set["unknown"] ?? 0;
    total.duplicated += Math.max(set["duplicated"] ?? 0, duplicates["duplicated"] ?? 0);
  }
  return total;
}

function figuresOf(experiment: string, findings: readonly Finding[], checker: string, object: string): Figures {
  const found = findings.find((finding) => finding.checker === checker && finding.object === object);
  return found?.byExperiment?.[experiment] ?? {};
}

/**
 * Returns the recovery point. A loss that was found stands even if other things are not known; otherwise the recovery point is
 * known only if every acked-set finding is decided. The checkers measure from the fault's command; `biteAfterMs` is how much
 * later the fault was seen to bite. It is added, so that the figure is too long rather than too short.
 */
export function recoveryPointOf(
  experiment: string,
  findings: readonly Finding[],
  writes: WriteAccount,
  biteAfterMs: number,
): RecoveryPoint {
  const sets = findings.filter((finding) => finding.checker === ACKED_SET);
  if (sets.length === 0) {
    return { lostWrites: null, seconds: null, says: "no claim of the plan checks for lost writes" };
  }
  const rpoMs = Math.max(0, ...sets.map((set) => figuresOf(experiment, findings, ACKED_SET, set.object)["rpoMs"] ?? 0));
  const oldest = sets.flatMap((set) => figuresOf(experiment, findings, ACKED_SET, set.object)["oldestLostMs"] ?? []);
  const afterBiteMs = Math.min(...oldest) - biteAfterMs;
  if (writes.lost > 0 && oldest.length > 0 && afterBiteMs >= 0) {
    const first = `the first ${(afterBiteMs / 1000).toFixed(3)} s after it`;
    const says = `${writes.lost} acknowledged writes lost, all of them acknowledged after the fault bit, ${first}: no recovery point describes that`;
    return { lostWrites: writes.lost, seconds: null, says };
  }
  if (writes.lost > 0 && oldest.length > 0 && afterBiteMs > -biteAfterMs) {
    const seconds = -afterBiteMs / 1000;
    const says = `${writes.lost} acknowledged writes lost, the oldest ${seconds.toFixed(3)} s before the fault was seen to bite`;
    return { lostWrites: writes.lost, seconds, says };
  }
  if (writes.lost > 0) {
    const seconds = (rpoMs + biteAfterMs) / 1000;
    const says = `${writes.lost} acknowledged writes lost, the oldest at most ${seconds.toFixed(3)} s before the fault bit`;
    return { lostWrites: writes.lost, seconds, says };
  }
  const undecided = sets.find((set) => set.status === "unknown");
  if (undecided !== undefined) return { lostWrites: null, seconds: null, says: undecided.because };
  if (writes.acknowledgedLastSecond === 0) {
    const says = "no write was acknowledged in the last second before the fault, so nothing could be lost";
    return { lostWrites: null, seconds: null, says };
  }
  return { lostWrites: 0, seconds: 0, says: `none of ${writes.acknowledged} acknowledged writes was lost` };
}
