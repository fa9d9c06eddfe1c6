/** bandwidth: both ends of a node's cable let through only so much (tc tbf); each end limits one direction. */
import type { Capability, Change } from "../../../platform.ts";
import { cableOf } from "../addresses.ts";
import type { Lab } from "../lab-parts.ts";
import { inPlace } from "./place.ts";
import { demandNode } from "./power.ts";
import { witness } from "./witness.ts";

export function bandwidthCapability(lab: Lab): Capability {
  const ends = (change: Pick<Change, "target">) => {
    const node = demandNode(change.target.node);
    return [
      { agent: lab.space.nodes[node], device: "eth0" },
      { agent: lab.space.switch, device: cableOf(node) },
    ];
  };
  const shapes = (change: Change, signal: AbortSignal) =>
    Promise.all(ends(change).map(({ agent, device }) => agent.run(["tc", "qdisc", "show", "dev", device], signal)));
  return {
    async prior() {
      return null;
    },
    async apply(change, signal) {
      for (const { agent, device } of ends(change))
        await agent.run(["tc", "qdisc", "replace", "dev", device, "root", ...shape(change)], signal);
    },
    async bitten(change, signal) {
      const seen = await shapes(change, signal);
      const says = `both ends of the cable of ${change.target.node} are limited: ${seen[0]?.split("\n")[0]?.trim()}`;
      return seen.every((one) => one.includes("tbf")) ? witness(lab, change.target, says) : null;
    },
    async revert(change, signal) {
      if (!lab.space.isOn(demandNode(change.target.node))) return;
      for (const { agent, device } of ends(change))
        await agent.tryRun({ argv: ["tc", "qdisc", "del", "dev", device, "root"], deadlineMs: 5_000 }, signal);
    },
    async healed(change, signal) {
      if ((await shapes(change, signal)).some((one) => one.includes("tbf"))) return null;
      const seen = await inPlace(lab, change.target, signal);
      return seen === null ? null : witness(lab, change.target, `no limit is left; ${seen}`);
    },
  };
}

/** A bucket of 20 ms of the rate, but no less than a few packets (tc-tbf(8) asks for that), and half a second of queue. */
export function shape(change: Change): string[] {
  const kilobits = Number(change.parameters["kilobitsPerSecond"]);
  const burstBytes = Math.max(4_000, Math.round((kilobits * 1000 * 0.02) / 8));
  return ["tbf", "rate", `${kilobits}kbit`, "burst", String(burstBytes), "latency", "500ms"];
}
