import { faultKind } from "../../fault.ts";

export const freeze = faultKind({
  name: "freeze",
  says: "Suspends a member's or replica's processes without ending them (gray failure): sockets stay open.",
  needs: ["freeze"],
  defaultSelector: { role: "postgres", leader: true },
  parameters: {},
  traits: { stops: "processes", takesLeader: false, recoversOnlyAfterHeal: false, severs: false },
  alone: null,
  changes: (targets) => targets.map((target) => ({ capability: "freeze", target, parameters: {} })),
});
