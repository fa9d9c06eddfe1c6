import { faultKind } from "../../fault.ts";
import { nodesOf } from "../nodes.ts";
import { choice } from "../parameter.ts";

export const dnsFailure = faultKind({
  name: "dns-failure",
  says: "Breaks name resolution on a node.",
  needs: ["dns"],
  defaultSelector: { role: "node" },
  parameters: { how: choice("refuse: answers that the name does not exist; silence: no answer.", "refuse", "silence") },
  traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: true, severs: false },
  alone: null,
  changes: (targets, { how }, all) =>
    nodesOf(targets, all).map((target) => ({ capability: "dns", target, parameters: { how } })),
});
