import { faultKind } from "../../fault.ts";
import { whole } from "../parameter.ts";

export const memoryPressure = faultKind({
  name: "memory-pressure",
  says: "Leaves a target little memory, so that it is slowed down or killed for lack of it.",
  needs: ["memory"],
  defaultSelector: { role: "app" },
  parameters: { leaveMegabytes: whole("Megabytes that are left to it beyond what it uses.", 8, 0, 1_000_000) },
  traits: { stops: "processes", takesLeader: false, recoversOnlyAfterHeal: true, severs: false },
  alone: "what it kills is restarted without the changes of other faults",
  changes: (targets, { leaveMegabytes }) =>
    targets.map((target) => ({ capability: "memory", target, parameters: { leaveMegabytes } })),
});
