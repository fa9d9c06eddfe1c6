/** Where replicas of the app may be placed: a fixed number of slots on each node, laid out once. Pure. */
import { NODES, type NodeName, PORT } from "./addresses.ts";
import type { LabConfig } from "./config.ts";

export interface Slot {
  /** "n2-1": also the replica's name; its target is "app/n2-1". */
  readonly name: string;
  readonly node: NodeName;
  readonly port: number;
}

/** Returns all slots: enough on each node that two of the nodes have room for all replicas, so that one can be drained. */
export function layOutSlots(config: LabConfig): Slot[] {
  const { replicas, maxReplicas, autoscaler } = config.app;
  const most = Math.max(replicas, maxReplicas, autoscaler?.maxReplicas ?? 0);
  const perNode = Math.ceil(most / (NODES.length - 1));
  return Array.from({ length: perNode }, (_, index) => index + 1).flatMap((number) =>
    NODES.map((node) => ({ name: `${node}-${number}`, node, port: PORT.appBase + number })),
  );
}

/**
 * Returns the slots that `count` new replicas should take: each on the node with the fewest so far, the first in order among
 * equals. Returns fewer than `count` when there is no more room.
 */
export function spread(
  slots: readonly Slot[],
  taken: ReadonlySet<string>,
  open: ReadonlySet<NodeName>,
  count: number,
): Slot[] {
  const load = new Map<NodeName, number>(NODES.map((node) => [node, 0]));
  for (const slot of slots) if (taken.has(slot.name)) load.set(slot.node, (load.get(slot.node) ?? 0) + 1);
  const free = slots.filter((slot) => !taken.has(slot.name) && open.has(slot.node));
  const chosen: Slot[] = [];
  while (chosen.length < count) {
    const [next] = free.toSorted((a, b) => (load.get(a.node) ?? 0) - (load.get(b.node) ?? 0));
    if (next === undefined) break;
    free.splice(free.indexOf(next), 1);
    load.set(next.node, (load.get(next.node) ?? 0) + 1);
    chosen.push(next);
  }
  return chosen;
}

/** Returns the replicas to remove when there are too many: from the fullest node first, its newest slot. */
export function leaving(taken: readonly Slot[], count: number): Slot[] {
  const left = [...taken];
  const gone: Slot[] = [];
  while (gone.length < count && left.length > 0) {
    const size = (node: NodeName) => left.filter((slot) => slot.node === node).length;
    const [last] = left.toSorted((a, b) => size(b.node) - size(a.node) || b.port - a.port);
    if (last === undefined) break;
    left.splice(left.indexOf(last), 1);
    gone.push(last);
  }
  return gone;
}
