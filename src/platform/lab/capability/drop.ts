/**
 * drop: a share of the packets that reach a node is lost before anything on it sees them (netdev ingress, chosen at random by the
 * kernel).
 */
import type { Capability, Change } from "../../../platform.ts";
import type { Lab } from "../lab-parts.ts";
import { hasPeers, peersOf } from "./cut.ts";
import { ruleCapability } from "./rules.ts";

export function dropCapability(lab: Lab): Capability<"drop"> {
  return ruleCapability<"drop">(lab, {
    family: "netdev",
    rules: dropRules,
    says: (change, packets) => {
      const from = hasPeers(change) ? `from ${peersOf(change).join(", ")} ` : "";
      return packets === 0 ? null : `${packets} packets ${from}were lost by our rule (${change.parameters.percent} %)`;
    },
  });
}

export function dropRules(change: Change<"drop">, table: string): string {
  // In tenths of a percent, because the parameter may have a fraction.
  const lost = Math.round(change.parameters.percent * 10);
  const chance = `numgen random mod 1000 < ${lost} counter drop`;
  return [
    `add table netdev ${table}\n`,
    `add chain netdev ${table} in { type filter hook ingress device "eth0" priority 0; }\n`,
    `add rule netdev ${table} in ip saddr { ${peersOf(change).join(", ")} } ${chance}\n`,
  ].join("");
}
