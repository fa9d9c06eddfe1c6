/**
 * evict: a node is drained. Replicas of the app move to other nodes within the disruption budget and with their grace period. The
 * members that are bound to the node by its disk (PostgreSQL, Redis, Sentinel) are stopped gracefully and return when it is
 * uncordoned.
 */
import type { Capability, TargetReferenceWithNode } from "../../../platform.ts";
import type { NodeName } from "../addresses.ts";
import { INSIDE_SERVICE } from "../inside.ts";
import type { Lab } from "../lab-parts.ts";
import { demandNode } from "./power.ts";
import { witness } from "./witness.ts";

export function evictCapability(lab: Lab): Capability<"evict"> {
  return {
    async prior(target) {
      const node = demandNode(target.node);
      return { replicas: here(lab, node) };
    },
    /**
     * Starts the drain without waiting for the replicas, because that may take longer than one call may; it waits only for the
     * members that are bound to the node.
     */
    async apply({ target, parameters }, signal) {
      const node = demandNode(target.node);
      const graceMs = parameters.graceMs;
      const moved = lab.replicas.evict(node, graceMs, AbortSignal.timeout(parameters.withinMs));
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
    /** Does nothing: work returns when the node is uncordoned. */
    async revert() {},
    async healed({ target }, signal) {
      const ready = (await lab.replicas.ready(signal)).length;
      if (ready < lab.replicas.desired) return null;
      return witness(lab, target, `${ready} of ${lab.replicas.desired} replicas are ready`, "HAProxy");
    },
  };
}

/**
 * Returns the members that cannot move because their data is on the node's own disk, in the order in which they are started
 * again.
 */
export function boundMembers(node: NodeName): TargetReferenceWithNode[] {
  return ["postgres", "redis", "sentinel"].map((role) => ({ id: `${role}/${node}`, role, node }));
}

/**
 * Stops PostgreSQL in parallel with the others, so that users have one pause and not two. The Sentinel stops before Redis: if it
 * still saw its master go, it could begin the failover and be stopped halfway through, and two masters would exist until other
 * Sentinels corrected that.
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
