/**
 * Checks the autoscaler: the judge recomputes each of its decisions by Kubernetes' published algorithm (Horizontal Pod
 * Autoscaling, "Algorithm details"). The `detail` of a replicas event may have one of two shapes:
 * - A whole sync, { config, atMs, before, samples, decision }: everything is recomputed, and each sync must start from the state
 *   in which the previous one ended.
 * - A plain sample, { utilization: percent | null, target: percent, tolerance?, min?, max? }: policies and the stabilization
 *   window may delay or reduce a step, but never reverse or exceed it.
 */
import { type Mismatch, recompute, type SyncRecord } from "../autoscaler/recompute.ts";
import type { AutoscalerConfig } from "../autoscaler.ts";
import { messageOf } from "../std/errors.ts";
import { isRecord, type Json } from "../std/json.ts";
import type { Story } from "../timeline/story.ts";
import { exactly, type Measure, nothing } from "./measure.ts";

type Replicas = Story["replicas"][number];
const TOLERANCE = 0.1;

export const autoscalerMismatches: Measure = {
  name: "autoscaler-mismatches",
  unit: "decisions",
  says: "Decisions of the autoscaler that its own recorded samples do not explain; the judge computes each decision again.",
  watches: "replicas",
  over: [],
  read(_over, { story }) {
    const syncs = story.replicas.filter(isSync);
    const sampled = story.replicas.filter((event) => !isSync(event) && recommendationOf(event) !== null);
    const decisions = syncs.length + sampled.length;
    if (decisions === 0) return nothing("no sample of the autoscaler's metric was recorded");
    const witnesses = [
      ...computedAgain(syncs),
      ...sampled.filter(isUnexplained).map((event) => `${(event.atMs / 1000).toFixed(1)} s: ${explain(event)}`),
    ];
    return {
      range: exactly(witnesses.length),
      says: `${witnesses.length} of ${decisions} decisions are not explained by their samples`,
      witnesses,
    };
  },
};

function isSync({ detail }: Replicas): boolean {
  return isRecord(detail) && isRecord(detail["config"]) && isRecord(detail["decision"]);
}

/** Returns one line for each sync that is wrong, with all its errors. */
function computedAgain(events: readonly Replicas[]): string[] {
  const wrong = new Map<string, string[]>();
  const add = (event: Replicas, says: string) => {
    const at = `${(event.atMs / 1000).toFixed(1)} s`;
    wrong.set(at, [...(wrong.get(at) ?? []), says]);
  };
  for (const [at, event] of events.entries()) {
    const { decision } = event.detail as unknown as SyncRecord;
    for (const { says } of mismatchesOf(events.slice(Math.max(0, at - 1), at + 1))) add(event, says);
    if (decision.desiredReplicas !== event.desired)
      add(event, `it decided ${decision.desiredReplicas}, but ${event.desired} were requested`);
  }
  return [...wrong].map(([at, says]) => `${at}: ${says.join("; ")}`);
}

/** Returns what is wrong with the last of one or two consecutive syncs. */
function mismatchesOf(events: readonly Replicas[]): readonly Omit<Mismatch, "atMs">[] {
  const records = events.map(({ detail }) => detail as unknown as SyncRecord & { config: AutoscalerConfig });
  const last = records.at(-1);
  if (last === undefined) return [];
  try {
    return recompute(last.config, records).filter(({ atMs }) => atMs === last.atMs);
  } catch (thrown) {
    return [{ says: `it cannot be computed again: ${messageOf(thrown)}` }];
  }
}

/** Returns the number of replicas that the sample calls for, or null if there is no sample. */
export function recommendationOf({ detail, current }: Replicas): number | null {
  if (!isRecord(detail)) return null;
  const { utilization, target, tolerance } = detail as { [key: string]: Json };
  if (typeof utilization !== "number" || typeof target !== "number" || target <= 0) return null;
  const ratio = utilization / target;
  if (Math.abs(ratio - 1) <= (typeof tolerance === "number" ? tolerance : TOLERANCE)) return current;
  return Math.ceil(current * ratio - 1e-9);
}

/** Returns true for a step the wrong way, or beyond what the sample calls for, unless it leads to the autoscaler's min or max. */
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
  return `${event.desired} desired of ${event.current}, but the sample demands ${recommendationOf(event)} (${JSON.stringify(event.detail ?? null)})`;
}
