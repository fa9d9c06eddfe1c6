/** Why a pod does not run, judged by its state in the cluster. */
import type { ContainerStatus, Pod } from "../kubernetes.ts";

export interface PodTrouble {
  /** One of Kubernetes' own words: "ImagePullBackOff". */
  readonly reason: string;
  /** The full description for people, without the pod's name. */
  readonly says: string;
  /** How long to wait before the trouble counts as permanent; null: it may go away at any time (a node is being added). */
  readonly patienceMs: number | null;
  /** Whether the pod has a log that may explain more. */
  readonly hasLog: boolean;
}

/** A registry or a network may fail for a short time. */
const PATIENCE_MS = 10_000;
const ON_ITS_WAY = new Set(["ContainerCreating", "PodInitializing"]);
/** Waiting does not help with these. */
const HOPELESS = new Set(["InvalidImageName", "ErrImageNeverPull"]);

/** Returns null when the pod is well or still starting. */
export function podTrouble(pod: Pod): PodTrouble | null {
  const { phase, reason, message } = pod.status ?? {};
  for (const status of pod.status?.containerStatuses ?? []) {
    const found = containerTrouble(status);
    if (found !== null) return found;
  }
  if (phase === "Failed") return trouble(reason ?? "Failed", message, 0);
  if (pod.metadata.deletionTimestamp !== undefined) return trouble("Terminating", "it is being deleted", 0);
  const unscheduled = pod.status?.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
  if (unscheduled !== undefined) return trouble(unscheduled.reason ?? "Unschedulable", unscheduled.message, null);
  return null;
}

function containerTrouble({ state, lastState }: ContainerStatus): PodTrouble | null {
  const { waiting, terminated } = state ?? {};
  if (terminated !== undefined && terminated.exitCode !== 0) {
    const says = [`ended with exit code ${terminated.exitCode}`, terminated.message?.trim()].filter(Boolean).join(": ");
    return { ...trouble(terminated.reason ?? "Error", says, 0), hasLog: true };
  }
  if (waiting === undefined || ON_ITS_WAY.has(waiting.reason ?? "ContainerCreating")) return null;
  const reason = waiting.reason ?? "Waiting";
  const before = lastState?.terminated;
  const ended =
    before === undefined ? undefined : `ended with exit code ${before.exitCode} (${before.reason ?? "Error"})`;
  const patienceMs = HOPELESS.has(reason) || before !== undefined ? 0 : PATIENCE_MS;
  return { ...trouble(reason, ended ?? waiting.message, patienceMs), hasLog: before !== undefined };
}

function trouble(reason: string, message: string | undefined, patienceMs: number | null): PodTrouble {
  return {
    reason,
    says: message === undefined || message === "" ? reason : `${reason}: ${message}`,
    patienceMs,
    hasLog: false,
  };
}
