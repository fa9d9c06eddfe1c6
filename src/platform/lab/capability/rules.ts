/**
 * Faults that are nftables rules inside a node, in a table of their own that is named by the change; all are made, seen and
 * removed alike.
 */
import type { Capability, CapabilityName, Change, Witness } from "../../../platform.ts";
import type { Lab } from "../lab-parts.ts";
import { tableOf } from "./cut.ts";
import { inPlace } from "./place.ts";
import { demandNode } from "./power.ts";
import { witness } from "./witness.ts";

export interface RuleFault<Name extends CapabilityName> {
  /** nft's family: "inet", or "netdev" to drop packets before anything else sees them. */
  readonly family: "inet" | "netdev";
  rules(change: Change<Name>, table: string): string;
  /** Describes what bit, from the rules' own counters; null while no packet was hit. */
  says(change: Change<Name>, packets: number): string | null;
}

export function ruleCapability<Name extends CapabilityName>(lab: Lab, fault: RuleFault<Name>): Capability<Name> {
  const list = async (change: Pick<Change, "id" | "target">, signal: AbortSignal) => {
    const node = demandNode(change.target.node);
    if (!lab.space.isOn(node)) return null;
    const argv = ["nft", "list", "table", fault.family, tableOf(change)];
    const { code, stdout } = await lab.space.nodes[node].tryRun({ argv, deadlineMs: 5_000 }, signal);
    return code === 0 ? stdout : null;
  };
  return {
    async prior() {
      return null;
    },
    async apply(change, signal) {
      const input = fault.rules(change, tableOf(change));
      await lab.space.nodes[demandNode(change.target.node)].run(["nft", "-f", "-"], signal, { input });
    },
    async bitten(change, signal): Promise<Witness | null> {
      const rules = await list(change, signal);
      const says = rules === null ? null : fault.says(change, countedPackets(rules));
      return says === null ? null : witness(lab, change.target, says);
    },
    async revert(change, signal) {
      const node = demandNode(change.target.node);
      if (!lab.space.isOn(node)) return; // its rules ended with its namespace
      const argv = ["nft", "delete", "table", fault.family, tableOf(change)];
      await lab.space.nodes[node].tryRun({ argv, deadlineMs: 5_000 }, signal);
    },
    async healed(change, signal) {
      if ((await list(change, signal)) !== null) return null;
      const seen = await inPlace(lab, change.target, signal);
      return seen === null ? null : witness(lab, change.target, `no rule of ours is left; ${seen}`);
    },
  };
}

/** Returns the sum of all counters of a listed table. */
export function countedPackets(listed: string): number {
  return [...listed.matchAll(/counter packets (\d+)/g)].reduce((sum, [, packets]) => sum + Number(packets), 0);
}
