import { faultKind } from "../../fault.ts";
import { duration, whole } from "../parameter.ts";

export const repeatedKills = faultKind({
  name: "repeated-kills",
  says: "Kills whoever is leader, lets it come back, and kills whoever is leader then, several times.",
  needs: ["stop"],
  defaultSelector: { role: "postgres" },
  always: { leader: true },
  parameters: {
    times: whole("How many kills.", 3, 2, 20),
    down: duration("How long each stays down, but for the last, which stays down while the fault holds.", 10_000),
    pause: duration("Calm between one that has come back and the next kill.", 2_000),
  },
  rounds: "times",
  traits: { stops: "processes", takesLeader: true, recoversOnlyAfterHeal: false },
  alone: "it waits for each victim to be back before the next, which another fault may prevent",
  changes: (targets) =>
    targets.map((target) => ({ capability: "stop", target, parameters: { stayDown: true, signal: "KILL" } })),
});
