/**
 * evict: a node is drained. Replicas of the app move to other nodes one disruption budget at a time, with their grace. What
 * is bound to the node by its disk (PostgreSQL, Redis, Sentinel) is stopped in good order and returns when it is uncordoned.
 */
import type { Capability, TargetReferenceWithNode } from "../../../platform.ts";
import type { NodeName } from "../addresses.ts";
import { INSIDE_SERVICE } from "../inside.ts";
import type { Lab } from "../lab-parts.ts";
import { demandNode } from "./power.ts";
import { witness } from "./witness.ts";

const GRACE_MS = 10_000;
const WITHIN_MS = 60_000;

export function evictCapability(lab: Lab): Capability {
  return {
    async prior(target) {
      const node = demandNode(target.node);
      return { replicas: here(lab, node) };
    },
    /** Only begins it, but for what is bound to the node: a drain may take longer than one call may. */
    async apply({ target, parameters }, signal) {
      const node = demandNode(target.node);
      const graceMs = Number(parameters["graceMs"] ?? GRACE_MS);
      const moved = lab.replicas.evict(node, graceMs, AbortSignal.timeout(Number(parameters["withinMs"] ?? WITHIN_MS)));
      moved.catch((trouble: unknown) => lab.note(`the drain of ${node} gave up: ${String(trouble)}`));
      await stopMembers(lab, node, graceMs, signal);
    },
    async bitten({ target }, signal) {
      const node = demandNode(target.node);
      const left = here(lab, node);
      const services = await lab.observer.services(node, signal);
      const running = services.filter((report) => report.name !== INSIDE_SERVICE && report.processes.length > 0);
      if (left.length > 0 || running.length > 0) return null;
      return witness(lab, target, `no replica and no member runs on ${node} any more`);
    },
    /** There is nothing to undo: work comes back when the node is uncordoned. */
    async revert() {},
    async healed({ target }, signal) {
      const ready = (await lab.replicas.ready(signal)).length;
      if (ready < lab.replicas.desired) return null;
      return witness(lab, target, `${ready} of ${lab.replicas.desired} replicas are ready`, "HAProxy");
    },
  };
}

/** What cannot move, for its data is on the node's own disk; in the order in which it is started again. */
export function boundMembers(node: NodeName): TargetReferenceWithNode[] {
  return ["postgres", "redis", "sentinel"].map((role) => ({ id: `${role}/${node}`, role, node }));
}

/**
 * PostgreSQL beside the others, so that users have one pause and not two. Sentinel before Redis: one that still saw its
 * master go could begin the failover and be stopped in the middle of it, and then two masters exist until others mend it.
 */
async function stopMembers(lab: Lab, node: NodeName, graceMs: number, signal: AbortSignal): Promise<void> {
  const stop = async (role: string) => {
    const member = { id: `${role}/${node}`, role, node };
    await lab.agentOf(member).stop(lab.serviceOf(member), graceMs, signal);
  };
  const stopRedis = async () => {
    await stop("sentinel");
    await stop("redis");
  };
  await Promise.all([stop("postgres"), stopRedis()]);
}

function here(lab: Lab, node: NodeName): string[] {
  return lab.replicas.onNode(node).map((slot) => `app/${slot.name}`);
}
