/**
 * cut: no packet passes between a node and others. "link" pulls the cable out of the switch; "drop" and "reject" are rules inside
 * the node, in a table of their own that is named by the change, and leave loopback alone.
 */
import { createHash } from "node:crypto";
import type { Capability, Change, Witness } from "../../../platform.ts";
import { addressOf, cableOf, isNode, type NodeName, SWITCH_ADDRESS } from "../addresses.ts";
import type { Lab } from "../lab-parts.ts";
import { inPlace } from "./place.ts";
import { demandNode } from "./power.ts";
import { witness } from "./witness.ts";

export function cutCapability(lab: Lab): Capability<"cut"> {
  return {
    async prior() {
      return null;
    },
    async apply(change, signal) {
      const node = demandNode(change.target.node);
      if (change.parameters.how === "link") return lab.space.setCable(node, false, signal);
      await lab.space.nodes[node].run(["nft", "-f", "-"], signal, { input: cutRules(change) });
    },
    async bitten(change, signal) {
      const node = demandNode(change.target.node);
      if (change.parameters.how === "link") return linkIsDown(lab, node, change, signal);
      const rules = await listRules(lab, node, change, signal);
      if (rules === null) return null;
      const reached = await reachable(lab, node, change, signal);
      // One direction is enough, because a connection needs both.
      if (reached.length > 0) return null;
      const says = `nft table ${tableOf(change)} is in force; no connection to ${peersOf(change).join(", ")}`;
      return witness(lab, change.target, says);
    },
    async revert(change, signal) {
      const node = demandNode(change.target.node);
      if (!lab.space.isOn(node)) return; // its rules ended with its namespace, and its cable is new when it boots
      if (change.parameters.how === "link") return lab.space.setCable(node, true, signal);
      await lab.space.nodes[node].tryRun(
        { argv: ["nft", "delete", "table", "inet", tableOf(change)], deadlineMs: 5_000 },
        signal,
      );
    },
    async healed(change, signal) {
      const node = demandNode(change.target.node);
      if ((await listRules(lab, node, change, signal)) !== null) return null;
      if (change.parameters.how === "link" && (await linkIsDown(lab, node, change, signal)) !== null) return null;
      const seen = await inPlace(lab, { id: `node/${node}`, role: "node", node }, signal);
      return seen === null ? null : witness(lab, change.target, `no rule of ours is left; ${seen}`);
    },
  };
}

/**
 * Returns the rules of a cut. `input` is what the node receives, `output` what it sends; established connections are cut like new
 * ones.
 */
export function cutRules(change: Change<"cut">): string {
  const { direction, how } = change.parameters;
  const addresses = peersOf(change).join(", ");
  const verdict = how === "reject" ? "reject" : "drop";
  const chain = (hook: "input" | "output", field: "saddr" | "daddr") =>
    `add chain inet ${tableOf(change)} ${hook} { type filter hook ${hook} priority -10; }\n` +
    `add rule inet ${tableOf(change)} ${hook} ip ${field} { ${addresses} } ${verdict}\n`;
  return [
    `add table inet ${tableOf(change)}\n`,
    direction === "out" ? "" : chain("input", "saddr"),
    direction === "in" ? "" : chain("output", "daddr"),
  ].join("");
}

/** The parameters of a change that affects traffic with certain peers only. */
interface Peers {
  readonly parameters: { readonly peers: readonly string[] };
}

/** Returns whether only some of the target's traffic is affected. */
export function hasPeers({ parameters }: Peers): boolean {
  return parameters.peers.length > 0;
}

/** Returns the addresses whose traffic with the target is affected: all others when the plan names none. */
export function peersOf(change: Peers & Pick<Change, "target">): string[] {
  const given = change.parameters.peers;
  const peers = given.length > 0 ? given : ["n1", "n2", "n3", "outside"];
  const own = change.target.node;
  return peers.flatMap((peer) => {
    if (peer === "outside") return [SWITCH_ADDRESS];
    return isNode(peer) && peer !== own ? [addressOf(peer)] : [];
  });
}

/** Returns the name of our table, which identifies the change and is short enough for the kernel. */
export function tableOf(change: Pick<Change, "id">): string {
  return `gameday_${createHash("sha256").update(change.id).digest("hex").slice(0, 12)}`;
}

async function listRules(lab: Lab, node: NodeName, change: Change<"cut">, signal: AbortSignal): Promise<string | null> {
  if (!lab.space.isOn(node)) return null;
  const argv = ["nft", "list", "table", "inet", tableOf(change)];
  const { code, stdout } = await lab.space.nodes[node].tryRun({ argv, deadlineMs: 5_000 }, signal);
  return code === 0 ? stdout : null;
}

async function linkIsDown(
  lab: Lab,
  node: NodeName,
  change: Change<"cut">,
  signal: AbortSignal,
): Promise<Witness | null> {
  if (!lab.space.isOn(node)) return null;
  const seen = await lab.space.nodes[node].run(["ip", "-o", "link", "show", "eth0"], signal);
  const says = `eth0 of ${node} has no carrier (${cableOf(node)} is down)`;
  return seen.includes("NO-CARRIER") ? witness(lab, change.target, says) : null;
}

/** Returns the peers that a new connection from inside the node still reaches. */
async function reachable(lab: Lab, node: NodeName, change: Change<"cut">, signal: AbortSignal): Promise<string[]> {
  const tries = peersOf(change).map(async (address) => {
    const port = address === SWITCH_ADDRESS ? 5000 : 26379;
    try {
      (await lab.space.nodes[node].dial(address, port, signal, 300)).destroy();
      return [address];
    } catch {
      signal.throwIfAborted();
      return [];
    }
  });
  return (await Promise.all(tries)).flat();
}
