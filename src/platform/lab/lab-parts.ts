/** The lab as its capabilities see it: its parts, and how a target is found among them. */
import type { TargetReferenceWithNode } from "../../platform.ts";
import { isNode } from "./addresses.ts";
import type { ServiceReport, ServiceSpec } from "./agent/protocol.ts";
import type { AgentLink } from "./agent-link.ts";
import type { Boot } from "./boot.ts";
import {
  etcdService,
  haproxyService,
  patroniService,
  redisService,
  replicaService,
  sentinelService,
} from "./services.ts";

export interface Lab extends Boot {
  readonly nowMs: () => number;
  /** Logs an event for which there is no caller to report it to. */
  note(says: string): void;
  agentOf(target: TargetReferenceWithNode): AgentLink;
  /** Returns the name of the target's service at its agent. */
  serviceOf(target: TargetReferenceWithNode): string;
  /**
   * Returns how the target is started; undefined for a replica that is no longer wanted, and for a target that is not a service.
   */
  specOf(target: TargetReferenceWithNode): ServiceSpec | undefined;
  report(target: TargetReferenceWithNode, signal: AbortSignal): Promise<ServiceReport | undefined>;
  /** Starts a service that is held down; harmless when it is running, or when its node is off. */
  startAgain(target: TargetReferenceWithNode, signal: AbortSignal): Promise<void>;
}

export function labOf(parts: Boot, nowMs: () => number): Lab {
  const agentOf = (target: TargetReferenceWithNode) => parts.space.agent(target.node);
  const isOff = (target: TargetReferenceWithNode) => isNode(target.node) && !parts.space.isOn(target.node);
  return {
    ...parts,
    nowMs,
    note: (says) => process.emitWarning(`lab: ${says}`),
    agentOf,
    serviceOf,
    specOf: (target) => specOf(parts, target),
    async report(target, signal) {
      const place = isNode(target.node) ? target.node : "switch";
      return (await parts.observer.services(place, signal)).find((report) => report.name === serviceOf(target));
    },
    async startAgain(target, signal) {
      const spec = specOf(parts, target);
      if (spec !== undefined && !isOff(target)) await agentOf(target).start(spec, signal);
    },
  };
}

function serviceOf(target: TargetReferenceWithNode): string {
  return target.role === "app" ? target.id : target.role;
}

/**
 * Returns the service that must run for a target; undefined for a replica that is no longer wanted, and for a target that is not
 * a service.
 */
function specOf(parts: Boot, target: TargetReferenceWithNode): ServiceSpec | undefined {
  const { config, users, replicas } = parts;
  const { node, role } = target;
  if (role === "haproxy") return haproxyService(users);
  if (role === "etcd") return etcdService(config, isNode(node) ? node : "switch", users);
  if (!isNode(node)) return undefined;
  if (role === "postgres") return patroniService(node, users);
  if (role === "redis") return redisService(node, users);
  if (role === "sentinel") return sentinelService(node, users);
  const slot = replicas.current().find((held) => `app/${held.name}` === target.id);
  return slot === undefined ? undefined : replicaService(config, slot, users);
}
