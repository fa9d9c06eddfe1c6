/** The targets of the cluster, with the leaders marked. Pure. */
import type { Target } from "../../platform.ts";
import { isStreaming } from "../patroni.ts";
import type { Look } from "./look.ts";
import { isPresent, isReady, type NodeObject, type PodObject } from "./objects.ts";
import { runningLeader } from "./patroni.ts";

/** Returns pods ordered by role and name, then nodes. A pod that is being deleted is no longer a target. */
export function topologyOf(seen: Look): Target[] {
  const roles = Object.entries(seen.pods);
  const targets = roles.flatMap(([role, pods]) => pods.filter(isPresent).map((pod) => podTarget(role, pod, seen)));
  return [...targets, ...nodeTargets(seen)];
}

function podTarget(role: string, pod: PodObject, seen: Look): Target {
  const name = pod.metadata.name;
  const { healthy, leader } = stateOf(role, name, seen);
  return {
    id: `${role}/${name}`,
    role,
    node: pod.spec?.nodeName ?? "",
    leader,
    healthy: isReady(pod) && healthy,
    labels: { ...pod.metadata.labels, pod: name },
  };
}

function stateOf(role: string, name: string, { postgres, redis }: Look): { healthy: boolean; leader: boolean } {
  if (role === "postgres" && postgres !== null) {
    const member = postgres.members.find(({ pod }) => pod === name);
    const leader = runningLeader(postgres.members) === name;
    return { leader, healthy: leader || (member !== undefined && isStreaming(member)) };
  }
  if (role === "redis" && redis !== null) {
    const member = redis.members.find(({ pod }) => pod === name);
    const leader = redis.master === name;
    return { leader, healthy: leader || (member?.role === "slave" && member.linkUp) };
  }
  return { healthy: true, leader: false };
}

/** Returns the nodes. Where they may not be listed, it returns those that the pods run on, without any further details. */
function nodeTargets({ nodes, pods }: Look): Target[] {
  if (nodes !== null) return nodes.map(nodeTarget).sort((a, b) => (a.id < b.id ? -1 : 1));
  const named = new Set(
    Object.values(pods)
      .flat()
      .flatMap(({ spec }) => (spec?.nodeName === undefined ? [] : [spec.nodeName])),
  );
  return [...named].sort().map((name) => bareNode(name, true, {}));
}

function nodeTarget(node: NodeObject): Target {
  const cordoned = String(node.spec?.unschedulable === true);
  return bareNode(node.metadata.name, isReady(node), { ...node.metadata.labels, cordoned });
}

function bareNode(name: string, healthy: boolean, labels: Readonly<Record<string, string>>): Target {
  return { id: `node/${name}`, role: "node", node: name, leader: false, healthy, labels };
}
