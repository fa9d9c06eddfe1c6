/**
 * Resolves targets to nodes: faults of networks and machines hit nodes, whereas plans name what runs on them ("the leader's
 * node").
 */
import type { Target } from "../platform.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";

/** The peer of the capability `cut` that stands for everything that runs on no node: the proxy, etcd, clients. */
export const OUTSIDE = "outside";

/** Returns the nodes that the targets are or run on, each once. Throws GamedayError for a target that runs on no known node. */
export function nodesOf(targets: readonly Target[], all: readonly Target[]): Target[] {
  return [...new Set(targets.map((target) => nodeOf(target, all)))];
}

/** Returns all nodes of the platform except the given ones. */
export function otherNodes(nodes: readonly Target[], all: readonly Target[]): Target[] {
  return all.filter((target) => target.role === "node" && !nodes.includes(target));
}

function nodeOf(target: Target, all: readonly Target[]): Target {
  const found = all.find((other) => other.role === "node" && other.node === target.node);
  if (found !== undefined) return found;
  throw new GamedayError({
    code: "no-node",
    expected: `${target.id} to run on a node that faults can hit`,
    got: `"${target.node}", which is not such a node`,
    exitCode: ExitCode.notReady,
  });
}
