/**
 * Where the app's replicas are, right before a fault of a whole node. Kubernetes never moves a replica back by itself: after a drain or
 * a lost node all of them may be on one node, and the next fault of that node would take the whole app, whatever the plan meant to test.
 */
import { podsByRole } from "../look.ts";
import { isPresent, isReady } from "../objects.ts";
import { type Parts, refuse } from "../parts.ts";

/** Throws GamedayError when every ready replica is on this node and there are several. */
export async function assertReplicasElsewhere(parts: Parts, node: string, signal: AbortSignal): Promise<void> {
  const { pods } = await podsByRole(parts.api, parts.config, signal);
  const ready = (pods["app"] ?? []).filter((pod) => isPresent(pod) && isReady(pod));
  const here = ready.filter(({ spec }) => spec?.nodeName === node).length;
  if (ready.length < 2 || here < ready.length) return;
  throw refuse(
    `replicas of the app on other nodes than ${node}`,
    `${here} of ${ready.length} on it: its loss would be the loss of the app`,
    `kubectl -n ${parts.config.namespace} rollout restart deployment/${parts.config.app.deployment} spreads them again`,
  );
}
