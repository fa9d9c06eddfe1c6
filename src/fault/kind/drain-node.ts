import { faultKind } from "../../fault.ts";
import { nodesOf } from "../nodes.ts";
import { duration } from "../parameter.ts";

export const drainNode = faultKind({
  name: "drain-node",
  says: "Cordons a node and evicts what may be moved, within disruption budgets; uncordons it at the end.",
  needs: ["cordon", "evict"],
  defaultSelector: { role: "node" },
  parameters: {
    grace: duration("Time that each evicted process has to end by itself.", 10_000),
    within: duration("Time after which eviction is given up (a budget may forbid it for ever).", 60_000),
  },
  traits: { stops: "processes", takesLeader: false, recoversOnlyAfterHeal: false, severs: false },
  alone: "it waits for evicted replicas to be ready on other nodes, which another fault may prevent",
  changes: (targets, { graceMs, withinMs }, all) =>
    nodesOf(targets, all).flatMap((target) => [
      { capability: "cordon" as const, target, parameters: {} },
      { capability: "evict" as const, target, parameters: { graceMs, withinMs }, undo: false },
    ]),
});
