import { faultKind } from "../../fault.ts";
import { whole } from "../parameter.ts";

export const diskFull = faultKind({
  name: "disk-full",
  says: "Fills the disk that holds a member's data; writes fail until space is freed.",
  needs: ["disk"],
  defaultSelector: { role: "postgres", leader: true },
  parameters: { leaveMegabytes: whole("Megabytes that are left free.", 0, 0, 1_000_000) },
  traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: true, severs: false },
  alone: null,
  changes: (targets, { leaveMegabytes }) =>
    targets.map((target) => ({ capability: "disk", target, parameters: { leaveMegabytes } })),
});
