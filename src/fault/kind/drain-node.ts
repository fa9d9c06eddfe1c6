import { faultKind } from "../../fault.ts";
import { nodesOf } from "../nodes.ts";
import { duration } from "../parameter.ts";

export const drainNode = faultKind({
  name: "drain-node",
  says: "Cordons a node and evicts what may move, within disruption budgets; uncordons it in the end.",
  needs: ["cordon", "evict"],
  defaultSelector: { role: "node" },
  parameters: {
    grace: duration("Time that each evicted process gets to end by itself.", 10_000),
    within: duration("When to give up evicting (a budget may forbid it for ever).", 60_000),
  },
  traits: { stops: "processes", takesLeader: false, recoversOnlyAfterHeal: false },
  alone: "it waits for evicted replicas to be ready elsewhere, which another fault may prevent",
  changes: (targets, { graceMs, withinMs }, all) =>
    nodesOf(targets, all).flatMap((target) => [
      { capability: "cordon" as const, target, parameters: {} },
      { capability: "evict" as const, target, parameters: { graceMs, withinMs }, undo: false },
    ]),
});
