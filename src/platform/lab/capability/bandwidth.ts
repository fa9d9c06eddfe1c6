/**
 * bandwidth: both ends of a node's cable pass only a limited rate; each end limits one direction. All traffic goes through a
 * bucket (tc-tbf(8)); if only the traffic with peers is limited, it goes through a class of its own (tc-htb(8)), which all other
 * traffic bypasses without a limit.
 */
import type { Capability, Change } from "../../../platform.ts";
import { cableOf } from "../addresses.ts";
import type { AgentLink } from "../agent-link.ts";
import type { Lab } from "../lab-parts.ts";
import { hasPeers, peersOf } from "./cut.ts";
import { inPlace } from "./place.ts";
import { demandNode } from "./power.ts";
import { witness } from "./witness.ts";

/** One end of a cable. Traffic that leaves there has the peers' addresses in `field`. */
interface End {
  readonly agent: AgentLink;
  readonly device: string;
  readonly field: "src" | "dst";
}

export function bandwidthCapability(lab: Lab): Capability<"bandwidth"> {
  const ends = (change: Pick<Change, "target">): End[] => {
    const node = demandNode(change.target.node);
    return [
      { agent: lab.space.nodes[node], device: "eth0", field: "dst" },
      { agent: lab.space.switch, device: cableOf(node), field: "src" },
    ];
  };
  const shapes = (change: Change<"bandwidth">, signal: AbortSignal) =>
    Promise.all(ends(change).map(({ agent, device }) => agent.run(["tc", "qdisc", "show", "dev", device], signal)));
  return {
    async prior() {
      return null;
    },
    async apply(change, signal) {
      for (const { agent, device, field } of ends(change))
        for (const argv of commandsOf(change, device, field)) await agent.run(argv, signal);
    },
    async bitten(change, signal) {
      const seen = await shapes(change, signal);
      const limited = `both ends of the cable of ${change.target.node} are limited: ${seen[0]?.split("\n")[0]?.trim()}`;
      if (!hasPeers(change))
        return seen.every((one) => one.includes("tbf")) ? witness(lab, change.target, limited) : null;
      if (!seen.every((one) => one.includes("htb"))) return null;
      const sent = await Promise.all(
        ends(change).map(async ({ agent, device }) =>
          sentBytes(await agent.run(["tc", "-s", "class", "show", "dev", device], signal)),
        ),
      );
      const says = `${sent.join(" and ")} bytes to and from ${peersOf(change).join(", ")} went through our limit`;
      return sent.every((bytes) => bytes > 0) ? witness(lab, change.target, says) : null;
    },
    async revert(change, signal) {
      if (!lab.space.isOn(demandNode(change.target.node))) return;
      for (const { agent, device } of ends(change))
        await agent.tryRun({ argv: ["tc", "qdisc", "del", "dev", device, "root"], deadlineMs: 5_000 }, signal);
    },
    async healed(change, signal) {
      if ((await shapes(change, signal)).some((one) => /tbf|htb/.test(one))) return null;
      const seen = await inPlace(lab, change.target, signal);
      return seen === null ? null : witness(lab, change.target, `no limit is left; ${seen}`);
    },
  };
}

/**
 * Returns the commands that limit one end. Without a default class, htb passes traffic that no filter matches as if htb were not
 * there.
 */
export function commandsOf(change: Change<"bandwidth">, device: string, field: "src" | "dst"): string[][] {
  const tc = (words: string) => ["tc", ...words.split(" ")];
  if (!hasPeers(change)) return [tc(`qdisc replace dev ${device} root ${shape(change).join(" ")}`)];
  const { kilobits, burstBytes } = sizeOf(change);
  const burst = `burst ${burstBytes} cburst ${burstBytes}`;
  return [
    tc(`qdisc replace dev ${device} root handle 1: htb`),
    tc(`class replace dev ${device} parent 1: classid 1:1 htb rate ${kilobits}kbit ${burst}`),
    tc(`qdisc add dev ${device} parent 1:1 pfifo limit ${packetsHeld(kilobits)}`),
    ...peersOf(change).map((address) =>
      tc(`filter add dev ${device} parent 1: protocol ip prio 1 u32 match ip ${field} ${address}/32 flowid 1:1`),
    ),
  ];
}

/**
 * Returns a bucket that holds 20 ms of the rate, but at least a few packets (tc-tbf(8) requires that), and half a second of
 * queue.
 */
export function shape(change: Change<"bandwidth">): string[] {
  const { kilobits, burstBytes } = sizeOf(change);
  return ["tbf", "rate", `${kilobits}kbit`, "burst", String(burstBytes), "latency", "500ms"];
}

function sizeOf(change: Change<"bandwidth">): { kilobits: number; burstBytes: number } {
  const kilobits = change.parameters.kilobitsPerSecond;
  return { kilobits, burstBytes: Math.max(4_000, Math.round((kilobits * 1000 * 0.02) / 8)) };
}

/** Returns half a second of the rate in packets of 1500 bytes, but at least ten. */
function packetsHeld(kilobits: number): number {
  return Math.max(10, Math.round((kilobits * 1000 * 0.5) / 8 / 1500));
}

/** Returns the bytes sent through the class that only the peers' traffic uses. */
export function sentBytes(listed: string): number {
  return Number(/Sent (\d+) bytes/.exec(listed)?.[1] ?? 0);
}
