/**
 * How long an autoscaler takes at most when all is well: the defaults of a plan's waits, and the lower limit of its wait for
 * scaling down.
 */
import type { Plan } from "../plan.ts";
import { isRecord } from "../std/json.ts";

/** Kubernetes' defaults, for platforms whose autoscaler the plan does not describe. */
const SYNC_SECONDS = 15;
const DOWN_WINDOW_SECONDS = 300;
/** New replicas become ready, and leaving ones end, within this time. */
const CHANGE_MS = 30_000;

export interface ScalingTimes {
  /** From the load to ready replicas: several syncs, each of which may at most double them. */
  readonly upMs: number;
  /** From the end of the load to the original number of replicas: the whole stabilisation window has to pass first. */
  readonly downMs: number;
  /** The stabilisation window alone: a shorter wait cannot observe scaling down. */
  readonly downLeastMs: number;
}

export function scalingTimes(platform: Plan["platform"]): ScalingTimes {
  const app = isRecord(platform["app"]) ? platform["app"] : {};
  const autoscaler = isRecord(app["autoscaler"]) ? app["autoscaler"] : {};
  const behavior = isRecord(autoscaler["behavior"]) ? autoscaler["behavior"] : {};
  const scaleDown = isRecord(behavior["scaleDown"]) ? behavior["scaleDown"] : {};
  const syncMs = secondsOr(autoscaler["syncPeriodSeconds"], SYNC_SECONDS) * 1_000;
  const windowMs = secondsOr(scaleDown["stabilizationWindowSeconds"], DOWN_WINDOW_SECONDS) * 1_000;
  // On a cluster the window is a setting of an object that only the cluster knows, so no wait can be called too short here.
  const downLeastMs = platform.kind === "kubernetes" ? 0 : windowMs;
  return { upMs: 4 * syncMs + CHANGE_MS, downMs: windowMs + 3 * syncMs + CHANGE_MS, downLeastMs };
}

function secondsOr(given: unknown, otherwise: number): number {
  return typeof given === "number" ? given : otherwise;
}
