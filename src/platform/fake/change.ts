/** One change to the fake as a command, and its effect on what it hits. */
import type { CapabilityName, TargetReferenceWithNode } from "../../platform.ts";
import type { Json } from "../../std/json.ts";
import type { Impairment } from "./app.ts";
import type { MemberCondition } from "./member.ts";

export interface Break {
  readonly id: string;
  readonly capability: CapabilityName;
  readonly target: TargetReferenceWithNode;
  readonly parameters: Readonly<Record<string, Json>>;
  /** { cordoned: true } for a node that was already cordoned: it stays so. */
  readonly prior?: Json;
}

/** How the model carries out a capability. */
type Effect =
  /** The processes of the target, or of everything on the node, are in this condition. */
  | { readonly is: "strike"; readonly condition: MemberCondition }
  | ({ readonly is: "impair" } & Impairment)
  | { readonly is: "cordon" | "evict" | "clock" | "command" };

/** The capabilities that somebody wrote for the model, each with its effect. The fake has these and no others. */
const EFFECTS: Partial<Readonly<Record<CapabilityName, Effect>>> = {
  stop: { is: "strike", condition: "down" },
  restart: { is: "strike", condition: "down" },
  power: { is: "strike", condition: "down" },
  freeze: { is: "strike", condition: "frozen" },
  cut: { is: "strike", condition: "cut" },
  disk: { is: "strike", condition: "full" },
  delay: { is: "impair", laterMs: 100, failShare: 0 },
  drop: { is: "impair", laterMs: 40, failShare: 0.02 },
  bandwidth: { is: "impair", laterMs: 60, failShare: 0 },
  reset: { is: "impair", laterMs: 0, failShare: 0.2 },
  cpu: { is: "impair", laterMs: 30, failShare: 0 },
  memory: { is: "impair", laterMs: 5, failShare: 0 },
  dns: { is: "impair", laterMs: 0, failShare: 0.05 },
  cordon: { is: "cordon" },
  evict: { is: "evict" },
  clock: { is: "clock" },
  command: { is: "command" },
};

export const FAKE_CAPABILITIES = Object.keys(EFFECTS) as readonly CapabilityName[];

/** Returns the effect of a capability; throws for one that nobody wrote for the model. */
export function effectOf(capability: CapabilityName): Effect {
  const effect = EFFECTS[capability];
  if (effect !== undefined) return effect;
  throw new Error(`expected a capability that the fake has, got "${capability}"`);
}

/** Returns true when the supervisor of the target undoes the change, so that nothing needs to revert it. */
export function endsByItself({ capability, parameters }: Break): boolean {
  return capability === "evict" || capability === "restart" || parameters["stayDown"] === false;
}

/**
 * Returns the condition that a change puts its target into, where its effect is `condition`. A cut that leaves the clients' side
 * ("outside") alone isolates the member only from its peers.
 */
export function conditionAfter({ parameters: { peers } }: Break, condition: MemberCondition): MemberCondition {
  const fromPeersOnly = Array.isArray(peers) && peers.length > 0 && !peers.includes("outside");
  return condition === "cut" && fromPeersOnly ? "isolated" : condition;
}
