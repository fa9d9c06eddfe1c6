/**
 * What is known about each replica from one sync of the autoscaler to the next, folded from checks of the lab into the samples
 * that the algorithm needs. A replica is a pod: one that is restarted in place stays the same pod. Pure.
 */
import type { PodSample } from "../../autoscaler.ts";
import type { ReplicaCpu } from "./replica-cpu.ts";

interface Pod {
  readonly startedAtMs: number;
  pid: number | null;
  ready: boolean;
  readyChangedAtMs: number;
  /** The reading from which usage is measured: the last sync, or the first check of a new process. */
  base: Reading;
  last: Reading;
}

interface Reading {
  readonly atMs: number;
  readonly cpuMs: number;
}

/** Usage over a shorter time reflects the granularity of ticks more than the load. */
const WINDOW_MS_MIN = 500;

export class PodLog {
  readonly #pods = new Map<string, Pod>();

  /** Records one check. Replicas that are no longer in it are forgotten. */
  see(atMs: number, replicas: readonly ReplicaCpu[]): void {
    const seen = new Set(replicas.map(({ replica }) => replica));
    for (const name of [...this.#pods.keys()]) if (!seen.has(name)) this.#pods.delete(name);
    for (const replica of replicas) this.#update(atMs, replica);
  }

  /** Returns all replicas with their usage since the last call. */
  samples(requestMilli: number): PodSample[] {
    return [...this.#pods].map(([name, pod]) => {
      const sample = sampleOf(name, pod, requestMilli);
      pod.base = pod.last;
      return sample;
    });
  }

  #update(atMs: number, { replica, pid, cpuMs, ready }: ReplicaCpu): void {
    const reading = { atMs, cpuMs };
    const pod = this.#pods.get(replica);
    if (pod === undefined) {
      const fresh = { startedAtMs: atMs, pid, ready, readyChangedAtMs: atMs, base: reading, last: reading };
      this.#pods.set(replica, fresh);
      return;
    }
    if (pod.pid !== pid) pod.base = reading;
    if (pod.ready !== ready) pod.readyChangedAtMs = atMs;
    Object.assign(pod, { pid, ready, last: reading });
  }
}

function sampleOf(name: string, pod: Pod, requestMilli: number): PodSample {
  const { pid, ready, startedAtMs, readyChangedAtMs, base, last } = pod;
  const windowMs = last.atMs - base.atMs;
  const measured = pid !== null && windowMs >= WINDOW_MS_MIN;
  const milli = Math.round(((last.cpuMs - base.cpuMs) * 1_000) / windowMs);
  return {
    name,
    phase: "Running",
    deleting: false,
    ready,
    startedAtMs,
    readyChangedAtMs,
    requestMilli,
    usage: measured ? { milli, atMs: last.atMs, windowMs } : null,
  };
}
