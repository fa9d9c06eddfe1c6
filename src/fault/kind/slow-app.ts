import { faultKind } from "../../fault.ts";
import { percent } from "../parameter.ts";

export const slowApp = faultKind({
  name: "slow-app",
  says: "Makes replicas of the app slow without breaking them: they get a small share of one CPU.",
  needs: ["cpu"],
  defaultSelector: { role: "app" },
  parameters: { leave: percent("Share of one CPU that is left to each, in percent.", 5) },
  traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: true, severs: false },
  alone: null,
  changes: (targets, { leave }) =>
    targets.map((target) => ({ capability: "cpu", target, parameters: { leavePercent: leave } })),
});
