/**
 * The judge's own arithmetic: each desired count computed again from the recorded sample by Kubernetes' published
 * algorithm (Horizontal Pod Autoscaling, "Algorithm details"): ceil(current x utilisation / target), nothing within a
 * tolerance of 0.1. Policies and the stabilisation window may hold a step back, never turn it round or overshoot it.
 * Reads `detail` of replicas events: { utilization: percent | null, target: percent, tolerance?: number }.
 */
import { isRecord, type Json } from "../std/json.ts";
import type { Story } from "../verdict/story.ts";
import { exactly, type Measure, nothing } from "./measure.ts";

type Replicas = Story["replicas"][number];
const TOLERANCE = 0.1;

export const autoscalerMismatches: Measure = {
  name: "autoscaler-mismatches",
  unit: "decisions",
  says: "Decisions of the autoscaler that its own recorded samples do not explain, computed again by the judge.",
  over: [],
  read(_over, { story }) {
    const sampled = story.replicas.filter((event) => recommendationOf(event) !== null);
    if (sampled.length === 0) return nothing("no sample of the autoscaler's metric was recorded");
    const wrong = sampled.filter(isUnexplained);
    const witnesses = wrong.map((event) => `${(event.atMs / 1000).toFixed(1)} s: ${explain(event)}`);
    return {
      range: exactly(wrong.length),
      says: `${wrong.length} of ${sampled.length} decisions are not explained by their samples`,
      witnesses,
    };
  },
};

/** Replicas that the sample asks for; null: no sample. */
export function recommendationOf({ detail, current }: Replicas): number | null {
  if (!isRecord(detail)) return null;
  const { utilization, target, tolerance } = detail as { [key: string]: Json };
  if (typeof utilization !== "number" || typeof target !== "number" || target <= 0) return null;
  const ratio = utilization / target;
  if (Math.abs(ratio - 1) <= (typeof tolerance === "number" ? tolerance : TOLERANCE)) return current;
  return Math.ceil(current * ratio - 1e-9);
}

/** Wrong: a step the other way, or further than the sample asks for (but for the bounds of the autoscaler itself). */
function isUnexplained(event: Replicas): boolean {
  const asked = recommendationOf(event) ?? event.current;
  const { current, desired } = event;
  if (desired > current) return asked < desired && !isFloor(event);
  if (desired < current) return asked > desired && !isCeiling(event);
  return false;
}

function isFloor({ detail, desired }: Replicas): boolean {
  return isRecord(detail) && detail["min"] === desired;
}

function isCeiling({ detail, desired }: Replicas): boolean {
  return isRecord(detail) && detail["max"] === desired;
}

function explain(event: Replicas): string {
  return `${event.desired} desired of ${event.current}, the sample asks for ${recommendationOf(event)} (${JSON.stringify(event.detail ?? null)})`;
}
