/**
 * What is known of each replica from one sync of the autoscaler to the next, folded from looks at the lab into the samples
 * that the algorithm wants. A replica is a pod: one that is restarted in place stays the same pod. Pure.
 */
import type { PodSample } from "../../autoscaler.ts";
import type { ReplicaCpu } from "./replica-cpu.ts";

interface Pod {
  readonly startedAtMs: number;
  pid: number | null;
  ready: boolean;
  readyChangedAtMs: number;
  /** From where usage is measured: the last sync, or the first look at a new process. */
  base: Reading;
  last: Reading;
}

interface Reading {
  readonly atMs: number;
  readonly cpuMs: number;
}

/** Usage over less time than this says more about the counting of ticks than about the load. */
const WINDOW_MS_MIN = 500;

export class PodLog {
  readonly #pods = new Map<string, Pod>();

  /** Takes in one look. Replicas that are not in it any more are forgotten. */
  see(atMs: number, replicas: readonly ReplicaCpu[]): void {
    const seen = new Set(replicas.map(({ replica }) => replica));
    for (const name of [...this.#pods.keys()]) if (!seen.has(name)) this.#pods.delete(name);
    for (const replica of replicas) this.#update(atMs, replica);
  }

  /** All replicas, with their usage since the last call. */
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
