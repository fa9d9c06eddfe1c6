/** reset: a share of the TCP segments that reach the target's port is answered with a reset, which ends their connections. */
import type { Capability, Change } from "../../../platform.ts";
import { PORT } from "../addresses.ts";
import type { Lab } from "../lab-parts.ts";
import { hasPeers, peersOf } from "./cut.ts";
import { ruleCapability } from "./rules.ts";

export function resetCapability(lab: Lab): Capability<"reset"> {
  return ruleCapability<"reset">(lab, {
    family: "inet",
    rules: (change, table) => resetRules(change, table, portOf(lab, change)),
    says: (change, packets) => {
      const from = hasPeers(change) ? `from ${peersOf(change).join(", ")} ` : "";
      return packets === 0 ? null : `${packets} segments ${from}were answered with a reset by our rule`;
    },
  });
}

export function resetRules(change: Change<"reset">, table: string, port: number): string {
  const share = Math.round(change.parameters.percent * 10);
  const from = hasPeers(change) ? `ip saddr { ${peersOf(change).join(", ")} } ` : "";
  const chance = `numgen random mod 1000 < ${share} counter reject with tcp reset`;
  return [
    `add table inet ${table}\n`,
    `add chain inet ${table} in { type filter hook input priority -10; }\n`,
    `add rule inet ${table} in iifname "eth0" ${from}tcp dport ${port} ${chance}\n`,
  ].join("");
}

function portOf(lab: Lab, { target }: Pick<Change, "target">): number {
  if (target.role === "postgres") return PORT.postgres;
  if (target.role === "redis") return PORT.redis;
  if (target.role === "sentinel") return PORT.sentinel;
  const slot = lab.replicas.current().find((held) => `app/${held.name}` === target.id);
  if (slot !== undefined) return slot.port;
  throw new RangeError(`expected a target with a port on a node, got ${target.id}`);
}
