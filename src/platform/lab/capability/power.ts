/**
 * power: a node and everything that runs on it end at once, as if its plug were pulled; its disk stays, and reverting boots it.
 */
import type { Capability, Change } from "../../../platform.ts";
import { isNode, type NodeName } from "../addresses.ts";
import { resumeNode } from "../boot.ts";
import type { Lab } from "../lab-parts.ts";
import { inPlace } from "./place.ts";
import { witness } from "./witness.ts";

export function powerCapability(lab: Lab): Capability<"power"> {
  return {
    async prior(target) {
      return { on: lab.space.isOn(demandNode(target.node)) };
    },
    async apply(change, signal) {
      await lab.space.killNode(nodeOf(change), signal);
    },
    async bitten(change, signal) {
      const node = nodeOf(change);
      const report = (await lab.observer.services("switch", signal)).find((one) => one.name === `node/${node}`);
      const dead = report !== undefined && report.pid === null && report.processes.length === 0;
      const says = `the init of ${node} was ended (${report?.lastEnd}), and no process of its namespace is left`;
      return dead ? witness(lab, change.target, says, "the switch's /proc") : null;
    },
    async revert(change, signal) {
      const node = nodeOf(change);
      const wasOn = (change.prior as { on?: boolean } | null)?.on !== false;
      if (wasOn && !lab.space.isOn(node)) await resumeNode(lab, node, signal);
    },
    async healed(change, signal) {
      const seen = await inPlace(lab, change.target, signal);
      const replicas = lab.replicas.current().filter((slot) => slot.node === change.target.node);
      const ready = new Set(await lab.replicas.ready(signal));
      const whole = seen !== null && replicas.every((slot) => ready.has(slot));
      return whole ? witness(lab, change.target, `booted; ${seen}; ${replicas.length} replicas ready`) : null;
    },
  };
}

function nodeOf(change: Change): NodeName {
  return demandNode(change.target.node);
}

export function demandNode(name: string): NodeName {
  if (isNode(name)) return name;
  throw new RangeError(`expected a node of the lab, got "${name}"`);
}
