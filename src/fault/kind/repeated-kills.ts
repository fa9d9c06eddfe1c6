import { faultKind } from "../../fault.ts";
import { duration, whole } from "../parameter.ts";

export const repeatedKills = faultKind({
  name: "repeated-kills",
  says: "Kills the leader, lets it come back, and kills the leader of that moment again, several times.",
  needs: ["stop"],
  defaultSelector: { role: "postgres" },
  always: { leader: true },
  parameters: {
    times: whole("The number of kills.", 3, 2, 20),
    down: duration("How long each victim stays down, except the last, which stays down while the fault holds.", 10_000),
    pause: duration("Pause between the return of one victim and the next kill.", 2_000),
  },
  rounds: "times",
  traits: { stops: "processes", takesLeader: true, recoversOnlyAfterHeal: false, severs: false },
  alone: "it waits for each victim to be back before the next kill, which another fault may prevent",
  changes: (targets) =>
    targets.map((target) => ({ capability: "stop", target, parameters: { stayDown: true, signal: "KILL" } })),
});
