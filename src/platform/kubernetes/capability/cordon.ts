/**
 * cordon: nothing new is placed on a node. The mark that says it is ours goes into the same patch, so that whoever comes later undoes
 * only what we did: a node that somebody else cordoned meanwhile, or before, stays cordoned.
 */
import type { Capability } from "../../../platform.ts";
import { GamedayError } from "../../../std/errors.ts";
import { CORDONED_BY } from "../marks.ts";
import type { NodeObject } from "../objects.ts";
import { demandNode, lookAt, type Parts, refuse, witness } from "../parts.ts";
import { assertNodeMayBeHit } from "../safety.ts";
import { topologyOf } from "../topology.ts";

const CONFLICTS_MAX = 10;

export function cordonCapability(parts: Parts): Capability {
  return {
    async prior(target, _parameters, signal) {
      const node = await demandNode(parts, target.node, signal);
      assertNodeMayBeHit(parts.config, node);
      return { cordoned: isCordoned(node) };
    },
    async apply({ target, prior }, signal) {
      if (wasCordoned(prior)) return;
      await cordon(parts, target.node, signal);
    },
    async bitten({ target }, signal) {
      const node = await demandNode(parts, target.node, signal);
      return isCordoned(node) ? witness(parts, `spec.unschedulable of node ${target.node} is true`, "the API") : null;
    },
    async revert({ target, prior }, signal) {
      if (!wasCordoned(prior)) await uncordon(parts, target.node, parts.runId, signal);
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

export async function cordon(parts: Parts, name: string, signal: AbortSignal): Promise<void> {
  const body = { spec: { unschedulable: true }, metadata: { annotations: { [CORDONED_BY]: parts.runId } } };
  await parts.api.patch({ kind: "Node", namespace: "", name }, body, {}, signal);
}

/** Undoes it where it is ours: `run` null means any run's. Returns whether it was. */
export async function uncordon(parts: Parts, name: string, run: string | null, signal: AbortSignal): Promise<boolean> {
  const reference = { kind: "Node" as const, namespace: "", name };
  for (let round = 0; round < CONFLICTS_MAX; round++) {
    const node = (await parts.api.get(reference, signal)) as NodeObject | null;
    const by = node?.metadata.annotations?.[CORDONED_BY];
    if (node === null || by === undefined || (run !== null && by !== run)) return false;
    const { resourceVersion } = node.metadata;
    const body = { metadata: { resourceVersion, annotations: { [CORDONED_BY]: null } }, spec: { unschedulable: null } };
    try {
      await parts.api.patch(reference, body, {}, signal);
      return true;
    } catch (thrown) {
      if (!(thrown instanceof GamedayError) || thrown.code !== "kubernetes-conflict") throw thrown;
    }
  }
  throw refuse(`to uncordon node ${name}`, `${CONFLICTS_MAX} changes of it by others in between`, "gameday heal");
}

export function isCordoned({ spec }: NodeObject): boolean {
  return spec?.unschedulable === true;
}

/** All members of the databases are healthy: those whose disk binds them to the node came back to it. */
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
