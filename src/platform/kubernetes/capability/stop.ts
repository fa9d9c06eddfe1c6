/**
 * stop: a pod is deleted, with or without grace. Its controller creates a new one at once. To keep a member down, its node is
 * cordoned first: its volume binds the member to that node, so the new pod stays Pending until the node is uncordoned.
 */
import type { Capability, Change } from "../../../platform.ts";
import type { Json } from "../../../std/json.ts";
import { CORDONED_BY, runOf } from "../marks.ts";
import { controllerOf, type PodObject } from "../objects.ts";
import { demandNode, demandPod, findPod, inPlace, lookAt, type Parts, podName, refuse, witness } from "../parts.ts";
import { assertNodeMayBeHit } from "../safety.ts";
import { topologyOf } from "../topology.ts";
import { cordon, isCordoned, uncordon } from "./cordon.ts";

interface Prior {
  readonly uid: string;
  readonly owner: string;
  readonly cordoned: boolean;
}

export function stopCapability(parts: Parts): Capability<"stop"> {
  return {
    async prior(target, parameters, signal) {
      const pod = await demandPod(parts, target, signal);
      const controller = controllerOf(pod);
      if (controller === undefined) throw bare(pod);
      if (!parameters.stayDown) return { uid: pod.metadata.uid ?? "", owner: controller.name, cordoned: false };
      if (controller.kind !== "StatefulSet") throw cannotStayDown(pod, controller.kind);
      const node = await demandNode(parts, target.node, signal);
      assertNodeMayBeHit(parts.config, node);
      return { uid: pod.metadata.uid ?? "", owner: controller.name, cordoned: isCordoned(node) };
    },
    async apply(change, signal) {
      const { target, parameters, prior } = change;
      const { uid, cordoned } = priorOf(prior);
      if (parameters.stayDown && !cordoned) await cordon(parts, change, signal);
      const grace = parameters.signal === "TERM" ? {} : { graceSeconds: 0 };
      await parts.api.remove("Pod", parts.config.namespace, podName(target), { uid, ...grace });
    },
    async bitten(change, signal) {
      const { uid } = priorOf(change.prior);
      const now = await findPod(parts, change.target, signal);
      if (now?.metadata.uid === uid) return null;
      if (change.parameters.stayDown && now?.spec?.nodeName !== undefined) return null;
      return witness(parts, biteSays(change, uid, now), "the API");
    },
    async revert(change, signal) {
      if (change.parameters.stayDown && !priorOf(change.prior).cordoned) await uncordon(parts, change, signal);
    },
    async healed(change, signal) {
      if (!change.parameters.stayDown) return backInNumber(parts, change, signal);
      const node = await demandNode(parts, change.target.node, signal);
      if (node.metadata.annotations?.[CORDONED_BY] === runOf(change)) return null;
      const seen = await inPlace(parts, change.target, signal);
      return seen === null ? null : witness(parts, seen, "the API, and those who lead it");
    },
  };
}

/** A Deployment's pod returns under another name, so as many pods of its role as are wanted must be ready. */
async function backInNumber(parts: Parts, { target }: Pick<Change, "target">, signal: AbortSignal) {
  const seen = await lookAt(parts, signal);
  const same = topologyOf(seen).filter(({ role }) => role === target.role);
  const ready = same.filter(({ healthy }) => healthy).length;
  const wanted = target.role === "app" ? (seen.deployment?.spec?.replicas ?? same.length) : same.length;
  if (ready < Math.max(1, wanted) || ready < same.length) return null;
  return witness(parts, `${ready} of ${wanted} ${target.role} pods are ready`, "the API");
}

function biteSays({ target, parameters }: Change<"stop">, uid: string, now: PodObject | null): string {
  const name = podName(target);
  if (now === null) return `pod ${name} (uid ${uid}) is gone`;
  if (parameters.stayDown) return `pod ${name} (uid ${uid}) is gone; its next one is ${now.status?.phase ?? "Pending"}`;
  return `pod ${name} has uid ${now.metadata.uid}; it was ${uid}`;
}

function priorOf(prior: Json): Prior {
  return prior as unknown as Prior;
}

function bare({ metadata }: PodObject) {
  return refuse(
    `a pod that a controller makes again`,
    `pod ${metadata.name}, which has none and would be gone for good`,
  );
}

function cannotStayDown({ metadata }: PodObject, kind: string) {
  return refuse(
    `a pod that can be kept down: a member of a StatefulSet whose volume binds it to its node`,
    `pod ${metadata.name} of a ${kind}, which makes a new one at once on another node`,
    "use kill-replicas, where the platform may start it again",
  );
}
