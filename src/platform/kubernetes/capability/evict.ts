/**
 * evict: requests, through the Eviction API, that everything that may move leaves a node; this API respects disruption budgets.
 * Each refusal by a budget is recorded with its message. DaemonSet pods and mirror pods stay. A bare pod would never come back,
 * so it stops the drain.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Capability, Change } from "../../../platform.ts";
import { GamedayError, hasCode } from "../../../std/errors.ts";
import type { Json } from "../../../std/json.ts";
import { controllerOf, isPresent, type PodObject } from "../objects.ts";
import { demandNode, lookAt, type Parts, refuse, witness } from "../parts.ts";
import { assertNodeMayBeHit } from "../safety.ts";
import { topologyOf } from "../topology.ts";

const ASK_AGAIN_MS = 500;
const MIRROR = "kubernetes.io/config.mirror";

export interface EvictNotes {
  /** Called when a budget refused an eviction, or an eviction gave up. */
  onRefusal(note: { readonly pod: string; readonly says: string }): void;
}

export function evictCapability(parts: Parts, notes: EvictNotes): Capability<"evict"> {
  return {
    async prior(target, _parameters, signal) {
      assertNodeMayBeHit(parts.config, await demandNode(parts, target.node, signal));
      const pods = await podsToEvict(parts, target.node);
      const bare = pods.filter((pod) => controllerOf(pod) === undefined);
      if (bare.length > 0) throw barePods(target.node, bare);
      return { pods: pods.map(({ metadata }) => ({ ...placeOf(metadata), uid: metadata.uid ?? "" })) };
    },
    /** Only starts the drain, because it may take longer than one call may. */
    async apply(change) {
      const { parameters, prior } = change;
      const signal = AbortSignal.timeout(parameters.withinMs);
      for (const pod of listed(prior)) void evictOne(parts, notes, { pod, change, signal });
    },
    async bitten({ target, prior }) {
      const uids = new Set(listed(prior).map(({ uid }) => uid));
      const left = (await podsToEvict(parts, target.node)).filter(({ metadata }) => uids.has(metadata.uid ?? ""));
      if (left.length > 0) return null;
      return witness(
        parts,
        `none of the ${uids.size} pods that were on node ${target.node} is there any more`,
        "the API",
      );
    },
    /** Does nothing: work returns when the node is uncordoned. */
    async revert() {},
    async healed(_change, signal) {
      const targets = topologyOf(await lookAt(parts, signal)).filter(({ role }) => role !== "node");
      if (targets.some(({ healthy }) => !healthy)) return null;
      return witness(parts, `all ${targets.length} pods are in their place`, "the API");
    },
  };
}

/** Returns the pods that a drain of the node would evict, in all namespaces. */
export async function podsToEvict(parts: Parts, node: string): Promise<PodObject[]> {
  const fields = `spec.nodeName=${node}`;
  const pods = (await parts.api.list("Pod", { namespace: "", fields })) as readonly PodObject[];
  return pods.filter(
    (pod) =>
      isPresent(pod) &&
      controllerOf(pod)?.kind !== "DaemonSet" &&
      pod.metadata.annotations?.[MIRROR] === undefined &&
      pod.metadata.labels?.["app.kubernetes.io/managed-by"] !== "gameday",
  );
}

interface Listed {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
}

interface Eviction {
  readonly pod: Listed;
  readonly change: Change<"evict">;
  readonly signal: AbortSignal;
}

async function evictOne(parts: Parts, notes: EvictNotes, { pod, change, signal }: Eviction): Promise<void> {
  const graceSeconds = Math.ceil(change.parameters.graceMs / 1000);
  let last = "";
  while (!signal.aborted) {
    try {
      return await parts.api.evict(pod, { graceSeconds }, signal);
    } catch (thrown) {
      if (isGone(thrown)) return;
      const says = thrown instanceof GamedayError ? thrown.got : String(thrown);
      if (says !== last) notes.onRefusal({ pod: pod.pod, says });
      last = says;
    }
    await delay(ASK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
  notes.onRefusal({ pod: pod.pod, says: `given up: ${last}` });
}

/** Returns whether someone else has removed the pod, or another pod has its name now. */
function isGone(thrown: unknown): boolean {
  return hasCode(thrown, "kubernetes-not-found", "kubernetes-conflict");
}

function listed(prior: Json): readonly Listed[] {
  const { pods = [] } = (prior ?? {}) as { pods?: Json };
  return Array.isArray(pods) ? (pods as unknown as readonly Listed[]) : [];
}

function placeOf({ name, namespace = "" }: PodObject["metadata"]): { namespace: string; pod: string } {
  return { namespace, pod: name };
}

function barePods(node: string, bare: readonly PodObject[]): GamedayError {
  const names = bare.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).join(", ");
  return refuse(
    `every pod on node ${node} to have a controller that makes it again elsewhere`,
    `pods without one: ${names}`,
    "kubectl drain would refuse them as well; remove them, or choose another node",
  );
}
