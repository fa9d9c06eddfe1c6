/**
 * cordon: nothing new is placed on a node. The mark that identifies the cordon as ours is part of the same patch, so that any
 * later process undoes only what we did: a node that someone else cordoned before or in the meantime stays cordoned.
 */
import type { ClusterApi } from "../../../kubernetes.ts";
import type { Capability, Change } from "../../../platform.ts";
import { hasCode } from "../../../std/errors.ts";
import { CORDONED_BY, runOf } from "../marks.ts";
import type { NodeObject } from "../objects.ts";
import { demandNode, lookAt, type Parts, refuse, witness } from "../parts.ts";
import { assertNodeMayBeHit } from "../safety.ts";
import { topologyOf } from "../topology.ts";

const CONFLICTS_MAX = 10;
/** A cordon without its own expiry is bounded as well. */
const EXPIRY_MS_MAX = 3_600_000;

export function cordonCapability(parts: Parts): Capability<"cordon"> {
  return {
    async prior(target, _parameters, signal) {
      const node = await demandNode(parts, target.node, signal);
      assertNodeMayBeHit(parts.config, node);
      return { cordoned: isCordoned(node) };
    },
    async apply(change, signal) {
      if (!wasCordoned(change.prior)) await cordon(parts, change, signal);
    },
    async bitten({ target }, signal) {
      const node = await demandNode(parts, target.node, signal);
      return isCordoned(node) ? witness(parts, `spec.unschedulable of node ${target.node} is true`, "the API") : null;
    },
    async revert(change, signal) {
      if (!wasCordoned(change.prior)) await uncordon(parts, change, signal);
    },
    async healed({ target, prior }, signal) {
      const node = await demandNode(parts, target.node, signal);
      if (wasCordoned(prior)) return witness(parts, `node ${target.node} is cordoned, as it was before`, "the API");
      if (isCordoned(node) && node.metadata.annotations?.[CORDONED_BY] !== undefined) return null;
      const seen = await membersInPlace(parts, target.node, signal);
      return seen === null ? null : witness(parts, `node ${target.node} takes pods again; ${seen}`, "the API");
    },
  };
}

/**
 * Cordons the node. The undo entry is in the cluster before the change is made, so the reaper needs nothing from this machine.
 */
export async function cordon(
  parts: Parts,
  change: Pick<Change, "id" | "target" | "expiresAfterMs">,
  signal: AbortSignal,
): Promise<void> {
  const { node } = change.target;
  const entry = { how: "uncordon" as const, node, run: runOf(change), afterMs: change.expiresAfterMs ?? EXPIRY_MS_MAX };
  await parts.undoList.add(change.id, entry, signal);
  const body = { spec: { unschedulable: true }, metadata: { annotations: { [CORDONED_BY]: runOf(change) } } };
  await parts.api.patch({ kind: "Node", namespace: "", name: node }, body, {}, signal);
}

export async function uncordon(
  parts: Parts,
  change: Pick<Change, "id" | "target" | "expiresAfterMs">,
  signal: AbortSignal,
): Promise<void> {
  await uncordonNode(parts.api, change.target.node, runOf(change), signal);
  await parts.undoList.remove(change.id, signal);
}

/** Removes a cordon that is ours: `run` null means that of any run. Returns whether it was ours. */
export async function uncordonNode(
  api: ClusterApi,
  name: string,
  run: string | null,
  signal: AbortSignal,
): Promise<boolean> {
  const reference = { kind: "Node" as const, namespace: "", name };
  for (let round = 0; round < CONFLICTS_MAX; round++) {
    const node = (await api.get(reference, signal)) as NodeObject | null;
    const by = node?.metadata.annotations?.[CORDONED_BY];
    if (node === null || by === undefined || (run !== null && by !== run)) return false;
    const { resourceVersion } = node.metadata;
    const body = { metadata: { resourceVersion, annotations: { [CORDONED_BY]: null } }, spec: { unschedulable: null } };
    try {
      await api.patch(reference, body, {}, signal);
      return true;
    } catch (thrown) {
      if (!hasCode(thrown, "kubernetes-conflict")) throw thrown;
    }
  }
  throw refuse(`to uncordon node ${name}`, `${CONFLICTS_MAX} changes of it by others in between`, "gameday heal");
}

export function isCordoned({ spec }: NodeObject): boolean {
  return spec?.unschedulable === true;
}

/**
 * Returns a description once all members of the databases are healthy: members that are bound to the node by their disk have
 * returned to it. Returns null until then.
 */
async function membersInPlace(parts: Parts, node: string, signal: AbortSignal): Promise<string | null> {
  const seen = await lookAt(parts, signal);
  const members = topologyOf(seen).filter(({ role }) => role === "postgres" || role === "redis");
  if (members.some(({ healthy }) => !healthy)) return null;
  const here = members.filter((member) => member.node === node).map(({ id }) => id);
  return here.length === 0 ? "all members are healthy" : `${here.join(", ")} are healthy on it`;
}

function wasCordoned(prior: unknown): boolean {
  return typeof prior === "object" && prior !== null && "cordoned" in prior && prior.cordoned === true;
}
