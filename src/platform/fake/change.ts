/** One change to the fake as a command, and its effect on what it hits. */
import type { CapabilityName, TargetReferenceWithNode } from "../../platform.ts";
import type { Json } from "../../std/json.ts";
import type { Impairment } from "./app.ts";
import type { Condition } from "./member.ts";

export interface Break {
  readonly id: string;
  readonly capability: CapabilityName;
  readonly target: TargetReferenceWithNode;
  readonly parameters: Readonly<Record<string, Json>>;
  /** { cordoned: true } for a node that was already cordoned: it stays so. */
  readonly prior?: Json;
}

const NODE_CONDITION: Partial<Record<CapabilityName, Condition>> = { power: "down", cut: "cut", freeze: "frozen" };
const TARGET_CONDITION: Partial<Record<CapabilityName, Condition>> = { stop: "down", freeze: "frozen", disk: "full" };
export const IMPAIRMENT: Partial<Record<CapabilityName, Impairment>> = {
  delay: { laterMs: 100, failShare: 0 },
  drop: { laterMs: 40, failShare: 0.02 },
  bandwidth: { laterMs: 60, failShare: 0 },
  reset: { laterMs: 0, failShare: 0.2 },
  cpu: { laterMs: 30, failShare: 0 },
  memory: { laterMs: 5, failShare: 0 },
  dns: { laterMs: 0, failShare: 0.05 },
};
/** Returns true when the supervisor of the target undoes the change, so that nothing needs to revert it. */
export function endsByItself({ capability, parameters }: Break): boolean {
  return capability === "evict" || capability === "restart" || parameters["stayDown"] === false;
}

/**
 * Returns the condition that a change puts its target into. A cut that leaves the clients' side ("outside") alone isolates the
 * member only from its peers.
 */
export function conditionOf({ capability, target, parameters }: Break): Condition {
  const { peers } = parameters;
  const fromPeersOnly = Array.isArray(peers) && peers.length > 0 && !peers.includes("outside");
  if (capability === "cut" && fromPeersOnly) return "isolated";
  const byNode = target.role === "node" ? NODE_CONDITION[capability] : undefined;
  return byNode ?? TARGET_CONDITION[capability] ?? NODE_CONDITION[capability] ?? "down";
}
