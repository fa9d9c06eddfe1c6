/**
 * memory: our process takes what the pod's limit has left, but for what the change leaves. What else is in use is read from the pod's
 * metrics (metrics.k8s.io, the working set), because a container cannot see the memory of its pod. When the target then needs more, the
 * kernel gives up caches, and at last kills a process of the pod: usually ours, which is the largest.
 */
import type { Capability } from "../../../platform.ts";
import { pause } from "../../../std/wait.ts";
import type { PodObject } from "../objects.ts";
import type { Parts } from "../parts.ts";
import { parseQuantity } from "../pod-limits.ts";
import { type PressureKind, pressureCapability } from "./pressure.ts";

const MEBIBYTE = 1 << 20;
const ASK_AGAIN_MS = 1_000;
/** A process that was given all of its memory shows this share of it at least. */
const HELD_SHARE_MIN = 0.95;

interface PodMetricsObject {
  readonly metadata: { readonly name: string };
  readonly containers?: readonly { readonly name: string; readonly usage?: { readonly memory?: string } }[];
}

/** A pod is missing from the metrics for one window after it, or an ephemeral container in it, has started. */
const METRICS_MS_MAX = 20_000;

const memory = (metricsMsMax: number): PressureKind<"memory"> => ({
  resource: "memory",
  async portion(parts, { pod, limit, parameters }, signal) {
    const used = await usedMebibytes(parts, pod, { metricsMsMax, signal });
    if (used === null) return "its memory in use is not known: no metrics of it in metrics.k8s.io";
    const mebibytes = Math.floor(limit / MEBIBYTE);
    const take = mebibytes - used - Math.round(parameters.leaveMegabytes);
    const says = `of the pod's limit of ${mebibytes} MiB, ${used} MiB are in use`;
    if (take < 1) return `${says}, which leaves no more than is to be left`;
    return { limit: mebibytes, take, says };
  },
  files: "status",
  proof(text, portion) {
    const kibibytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(text)?.[1] ?? 0);
    const says = `${portion.pod}: our process holds ${Math.round(kibibytes / 1024)} MiB; ${portion.says}`;
    return { isEnough: kibibytes >= portion.take * 1024 * HELD_SHARE_MIN, says };
  },
});

export function memoryCapability(parts: Parts, metricsMsMax = METRICS_MS_MAX): Capability<"memory"> {
  return pressureCapability(parts, memory(metricsMsMax));
}

interface MetricsWait {
  readonly metricsMsMax: number;
  readonly signal: AbortSignal;
}

/** Returns what the pod's containers use, rounded up; null when its metrics stay missing or incomplete. */
async function usedMebibytes(
  parts: Parts,
  pod: PodObject,
  { metricsMsMax, signal }: MetricsWait,
): Promise<number | null> {
  const endMs = parts.clock.nowMs() + metricsMsMax;
  for (;;) {
    const used = await measuredMebibytes(parts, pod);
    if (used !== null || parts.clock.nowMs() >= endMs) return used;
    await pause(ASK_AGAIN_MS, signal);
  }
}

async function measuredMebibytes({ api, config }: Parts, pod: PodObject): Promise<number | null> {
  const all = (await api.list("PodMetrics", { namespace: config.namespace })) as unknown as readonly PodMetricsObject[];
  const containers = all.find(({ metadata }) => metadata.name === pod.metadata.name)?.containers ?? [];
  const known = new Map(containers.map(({ name, usage }) => [name, parseQuantity(usage?.memory ?? "")]));
  const wanted = (pod.spec?.containers ?? []).map(({ name }) => known.get(name) ?? Number.NaN);
  const bytes = [...known.values()].reduce((sum, value) => sum + value, 0);
  if (wanted.length === 0 || wanted.some(Number.isNaN) || Number.isNaN(bytes)) return null;
  return Math.ceil(bytes / MEBIBYTE);
}
