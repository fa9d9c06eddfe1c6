/** The explicit list of all measures, in the order of the table in docs/guide/objectives.md. */
import { autoscalerMismatches } from "./autoscaler-mismatches.ts";
import { LATENCIES } from "./latency.ts";
import type { Measure } from "./measure.ts";
import { outageSeconds, outages } from "./outage-count.ts";
import { checksUnmet, manualInterventions } from "./platform-state.ts";
import { recoverySeconds } from "./recovery-seconds.ts";
import { unexpectedRestarts } from "./restarts.ts";
import {
  replicasBackSeconds,
  replicasReadySeconds,
  scalingDirectionChanges,
  secondsDesiredAboveReady,
} from "./scaling.ts";
import { p95DriftPercent, slopePercentPerHour } from "./slope.ts";
import { availabilityPercent, successPercent } from "./success.ts";
import { requestsPerSecondMean, requestsPerSecondPeak, requestsTotal } from "./throughput.ts";
import { cycleSecondsMean, usersActiveSeconds } from "./users.ts";
import { duplicatedWrites, lostWrites, rpoSeconds } from "./writes.ts";

export const MEASURES: readonly Measure[] = [
  recoverySeconds,
  outages,
  outageSeconds,
  lostWrites,
  duplicatedWrites,
  rpoSeconds,
  availabilityPercent,
  successPercent,
  ...LATENCIES,
  requestsTotal,
  requestsPerSecondMean,
  requestsPerSecondPeak,
  usersActiveSeconds,
  cycleSecondsMean,
  replicasReadySeconds,
  replicasBackSeconds,
  scalingDirectionChanges,
  secondsDesiredAboveReady,
  autoscalerMismatches,
  checksUnmet,
  unexpectedRestarts,
  manualInterventions,
  slopePercentPerHour,
  p95DriftPercent,
];

export function measureNamed(name: string): Measure | undefined {
  return MEASURES.find((measure) => measure.name === name);
}
