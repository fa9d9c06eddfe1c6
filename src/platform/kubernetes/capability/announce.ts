/**
 * Says on each target who changes it: an Event, as `kubectl describe` shows it to people who do not know of the game day. It is a
 * courtesy, so a cluster that does not take it changes nothing.
 */
import { randomBytes } from "node:crypto";
import type { KubernetesObject } from "../../../kubernetes.ts";
import type { Capability, CapabilityName, Change } from "../../../platform.ts";
import { messageOf } from "../../../std/errors.ts";
import { MANAGED_BY, runOf } from "../marks.ts";
import { type Parts, podName } from "../parts.ts";

/** Events of objects without a namespace are kept in this one. */
const NODES_NAMESPACE = "default";

/**
 * Returns the capability with an Event on its target whenever it is applied. The change does not wait for it; `onSilence` receives the
 * reason when the cluster does not take it, because the target's owners are then not told.
 */
export function announced<N extends CapabilityName>(
  parts: Parts,
  capability: Capability<N>,
  onSilence: (because: string) => void,
): Capability<N> {
  return {
    prior: (target, parameters, signal) => capability.prior(target, parameters, signal),
    apply(change, signal) {
      const event = eventOf(change, parts.config.namespace, new Date());
      void parts.api
        .create(event)
        .catch((thrown: unknown) => onSilence(`no Event on ${change.target.id}: ${messageOf(thrown)}`));
      return capability.apply(change, signal);
    },
    bitten: (change, signal) => capability.bitten(change, signal),
    revert: (change, signal) => capability.revert(change, signal),
    healed: (change, signal) => capability.healed(change, signal),
  };
}

/** Returns the Event of a change. Its times have whole seconds, as the API wants them. */
export function eventOf(
  change: Pick<Change, "id" | "capability" | "target">,
  own: string,
  now: Date,
): KubernetesObject {
  const { target, capability } = change;
  const isNode = target.role === "node";
  const namespace = isNode ? NODES_NAMESPACE : own;
  const name = isNode ? target.node : podName(target);
  const at = `${now.toISOString().slice(0, 19)}Z`;
  const event = {
    apiVersion: "v1",
    kind: "Event" as const,
    metadata: { name: `gameday.${randomBytes(8).toString("hex")}`, namespace, labels: MANAGED_BY },
    involvedObject: isNode ? { kind: "Node", name, uid: name } : { apiVersion: "v1", kind: "Pod", name, namespace },
    reason: "GameDay",
    message: `gameday run ${runOf(change)} does this on purpose: ${capability} of ${target.id}`,
    type: "Normal",
    source: { component: "gameday" },
    reportingComponent: "gameday",
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  };
  return event;
}
