/**
 * What our own CPU faults make of the autoscaler's metric. An autoscaler on the metric type Resource adds up all containers of a pod, our
 * ephemeral one included, so it may add replicas because of us; one on ContainerResource looks at the container that it names alone.
 * Source: metrics.k8s.io, and HorizontalPodAutoscaler autoscaling/v2, MetricSpec.
 */
import type { AutoscalerObject } from "./objects.ts";

/** Metrics cover a window of up to twice their resolution, and the autoscaler looks at them once in each of its periods (15 s each). */
const ECHO_MS = 60_000;

export class OwnStress {
  /** By change: its pods, and when it ended on the run's clock (null: it has not). */
  readonly #changes = new Map<string, { readonly pods: readonly string[]; endMs: number | null }>();

  began(changeId: string, pods: readonly string[]): void {
    this.#changes.set(changeId, { pods, endMs: null });
  }

  ended(changeId: string, nowMs: number): void {
    const change = this.#changes.get(changeId);
    if (change !== undefined) change.endMs ??= nowMs;
  }

  /** Returns the pods whose metrics may still show our own use of CPU. */
  podsAt(nowMs: number): string[] {
    const echoing = [...this.#changes.values()].filter(({ endMs }) => endMs === null || nowMs - endMs < ECHO_MS);
    return [...new Set(echoing.flatMap(({ pods }) => pods))].sort();
  }
}

/** Returns whether an autoscaler takes our own use of CPU for load. */
export function countsOwnStress({ spec }: AutoscalerObject): boolean {
  return spec?.metrics?.some(({ type, resource }) => type === "Resource" && resource?.name === "cpu") ?? false;
}
