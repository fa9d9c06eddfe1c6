/**
 * Summarizes many runs of one plan: how long users took to recover, by experiment and class, and what this number of runs proves.
 * For each run, the upper end of the recovery counts, which is sure not to be less than the truth.
 *
 * The bound needs no assumption about the distribution. After n independent runs, with confidence 1 - alpha, at least the share
 * alpha^(1/n) of all runs recovers within the longest time that was seen (S. S. Wilks, "Determination of Sample Sizes for Setting
 * Tolerance Limits", Annals of Mathematical Statistics 12, 1941, one-sided; for large n the remaining share is 3/n, the "rule of
 * three" of Hanley and Lippman-Hand, JAMA 249, 1983). So 59 runs are needed for a statement about 95 % of all runs.
 */
import { CONFIDENCE, successRange } from "../objective/confidence.ts";
import type { Verdict } from "../verdict.ts";

/** The version of repeat.json. Fields may be added, but the meaning of a field never changes. */
const REPEAT_VERSION = 1;

export interface RecoveryDistribution {
  readonly experiment: string;
  readonly class: string;
  /** The number of runs with a proven recovery; `unmeasured` are those without: never recovered, not injected, not watched. */
  readonly measured: number;
  readonly unmeasured: number;
  /** The figures of the measured runs in milliseconds; null if there are none. */
  readonly minMs: number | null;
  readonly medianMs: number | null;
  readonly maxMs: number | null;
  /** With this confidence, at least this share of all runs recovers within `withinMs`; null if any run has no proven recovery. */
  readonly bound: { readonly confidence: number; readonly shareOfRuns: number; readonly withinMs: number } | null;
}

export interface RepeatedRun {
  readonly runId: string;
  readonly verdict: Verdict["verdict"];
  readonly exitCode: number;
}

export interface Repetition {
  readonly version: number;
  readonly plan: string;
  readonly runsAsked: number;
  readonly runs: readonly RepeatedRun[];
  readonly recoveries: readonly RecoveryDistribution[];
}

/** Summarizes the verdicts of the judged runs, in their order. Pure. */
export function sumUp(verdicts: readonly Verdict[], runsAsked: number): Repetition {
  const keys = new Map<string, [string, string]>();
  for (const { experiments } of verdicts)
    for (const { name, recovery } of experiments)
      for (const of of Object.keys(recovery)) keys.set(JSON.stringify([name, of]), [name, of]);
  return {
    version: REPEAT_VERSION,
    plan: verdicts[0]?.plan ?? "",
    runsAsked,
    runs: verdicts.map(({ runId, verdict, exitCode }) => ({ runId, verdict, exitCode })),
    recoveries: [...keys.values()].map(([experiment, of]) => distribution(verdicts, experiment, of)),
  };
}

function distribution(verdicts: readonly Verdict[], experiment: string, name: string): RecoveryDistribution {
  const tookMs = verdicts.flatMap((verdict) => recoveryMs(verdict, experiment, name) ?? []).sort((a, b) => a - b);
  const [measured, unmeasured] = [tookMs.length, verdicts.length - tookMs.length];
  const maxMs = tookMs.at(-1) ?? null;
  const shareOfRuns = measured === 0 ? 0 : successRange(measured, measured, CONFIDENCE).lower;
  return {
    experiment,
    class: name,
    measured,
    unmeasured,
    minMs: tookMs[0] ?? null,
    medianMs: median(tookMs),
    maxMs,
    // A run without a proven recovery may be worse than all others, so nothing is proven about the longest time.
    bound: maxMs === null || unmeasured > 0 ? null : { confidence: CONFIDENCE, shareOfRuns, withinMs: maxMs },
  };
}

/** Returns the recovery time only if the fault bit; otherwise there was nothing to recover from. */
function recoveryMs(verdict: Verdict, experiment: string, name: string): number | null {
  const judged = verdict.experiments.find((one) => one.name === experiment);
  const recovery = judged?.bite ? judged.recovery[name] : undefined;
  const known = recovery?.state === "recovered" || recovery?.state === "no-outage-seen";
  return known ? (recovery?.upperMs ?? null) : null;
}

function median(sorted: readonly number[]): number | null {
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** Returns text for people: one line for the runs, and one for every distribution. */
export function renderRepetition({ runs, runsAsked, recoveries }: Repetition): string {
  const count = (status: string) => runs.filter(({ verdict }) => verdict === status).length;
  const counts = `${count("pass")} pass, ${count("fail")} fail, ${count("unknown")} unknown`;
  return `${[`${runs.length} of ${runsAsked} runs: ${counts}`, ...recoveries.map(line)].join("\n")}\n`;
}

function line(one: RecoveryDistribution): string {
  const seconds = (ms: number | null) => (ms === null ? "-" : `${(ms / 1000).toFixed(2)} s`);
  const times = `min ${seconds(one.minMs)}, median ${seconds(one.medianMs)}, max ${seconds(one.maxMs)}`;
  const proven =
    one.bound === null
      ? `nothing is proven: ${one.unmeasured} without a proven recovery`
      : `with ${one.bound.confidence * 100} % confidence at least ${(one.bound.shareOfRuns * 100).toFixed(1)} % of all runs recover within ${seconds(one.bound.withinMs)}`;
  return `recovery from "${one.experiment}", ${one.class}: ${times}; ${proven}`;
}
