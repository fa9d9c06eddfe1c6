/**
 * Recomputes decisions for the judge. Every sync leaves a record from which its decision can be recomputed, and the states of the
 * records form a chain that cannot be invented afterwards.
 */
import {
  type AutoscalerConfig,
  type AutoscalerDecision,
  type AutoscalerSamples,
  type AutoscalerState,
  autoscalerStep,
} from "../autoscaler.ts";
import { canonicalJson, type Json } from "../std/json.ts";

/** The record of one sync in the `detail` of a replicas event. `before` is the state from which the sync started. */
export interface SyncRecord {
  readonly atMs: number;
  readonly before: AutoscalerState;
  readonly samples: AutoscalerSamples;
  readonly decision: AutoscalerDecision;
}

export interface Mismatch {
  readonly atMs: number;
  readonly says: string;
}

/** Runs one sync and returns its record together with the next state. */
export function recordedStep(
  config: AutoscalerConfig,
  before: AutoscalerState,
  samples: AutoscalerSamples,
  atMs: number,
): { readonly state: AutoscalerState; readonly record: SyncRecord } {
  const { state, decision } = autoscalerStep(config, before, samples, atMs);
  return { state, record: { atMs, before, samples, decision } };
}

/** Finds records whose decision does not follow from their samples, or whose state does not follow from the previous record. */
export function recompute(config: AutoscalerConfig, records: readonly SyncRecord[]): Mismatch[] {
  const mismatches: Mismatch[] = [];
  let expected: AutoscalerState | null = null;
  for (const record of records) {
    const { atMs, before, samples, decision } = record;
    if (expected !== null && !same(expected, before)) {
      mismatches.push({ atMs, says: "its state does not follow from the previous sync" });
    }
    const again = autoscalerStep(config, before, samples, atMs);
    if (!same(again.decision, decision)) mismatches.push({ atMs, says: difference(again.decision, decision) });
    expected = again.state;
  }
  return mismatches;
}

function difference(computed: AutoscalerDecision, recorded: AutoscalerDecision): string {
  const { desiredReplicas: asked } = computed;
  return asked === recorded.desiredReplicas
    ? `the count ${asked} follows from its samples, but the recorded reasons do not`
    : `its samples give ${asked} replicas, but it decided ${recorded.desiredReplicas}`;
}

function same(a: object, b: object): boolean {
  return canonicalJson(a as Json) === canonicalJson(b as Json);
}
