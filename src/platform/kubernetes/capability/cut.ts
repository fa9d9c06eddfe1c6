/**
 * cut: no packet passes between the pods of a node and others. One nft table in each pod's own network namespace, whose set elements
 * expire in the kernel: whoever dies meanwhile, the pod is back in the network on time. Loopback is never touched.
 */
import type { Capability, Change, Witness } from "../../../platform.ts";
import { podsByRole } from "../look.ts";
import { tableName } from "../marks.ts";
import type { NodeObject, PodObject } from "../objects.ts";
import { addressesOf, isPresent } from "../objects.ts";
import { demandNode, lookAt, type Parts, refuse, witness } from "../parts.ts";
import { assertNodeMayBeHit, assertOwnNetwork } from "../safety.ts";
import { topologyOf } from "../topology.ts";
import { cutRules, deleteLater, EVERYBODY } from "./rules.ts";

const OUTSIDE = "outside";
/** A change without an expiry of its own is bounded all the same. */
const SECONDS_MAX = 3600;

export function cutCapability(parts: Parts): Capability {
  return {
    async prior(target, parameters, signal) {
      if (parameters["how"] === "link") throw noLink(target.node);
      assertNodeMayBeHit(parts.config, await demandNode(parts, target.node, signal));
      const pods = await podsOn(parts, target.node, signal);
      for (const pod of pods) assertOwnNetwork(pod);
      if (pods.length === 0) throw nobodyThere(target.node);
      return { pods: pods.map(({ metadata }) => metadata.name) };
    },
    async apply(change, signal) {
      const seconds = secondsOf(change);
      const addresses = await peerAddresses(parts, change, signal);
      const rules = cutRules(change, { addresses, seconds });
      const pods = await podsOn(parts, change.target.node, signal);
      await Promise.all(
        pods.map(async (pod) => {
          await nft(parts, pod, ["nft", "-f", "-"], rules, signal);
          await nft(parts, pod, deleteLater(tableName(change.id), seconds), undefined, signal);
        }),
      );
    },
    async bitten(change, signal) {
      const pods = await podsOn(parts, change.target.node, signal);
      const counted = await Promise.all(pods.map((pod) => countDropped(parts, pod, change, signal)));
      if (pods.length === 0 || counted.some((packets) => packets === null || packets === 0)) return null;
      return biteSays(parts, change, pods, counted);
    },
    async revert(change, signal) {
      const pods = await podsOn(parts, change.target.node, signal);
      const table = tableName(change.id);
      const argv = ["sh", "-c", `nft delete table inet ${table} 2>/dev/null || true`];
      await Promise.all(pods.map((pod) => touched(parts, pod) && nft(parts, pod, argv, undefined, signal)));
    },
    async healed(change, signal) {
      const pods = await podsOn(parts, change.target.node, signal);
      const left = await Promise.all(
        pods.map(
          (pod) => touched(parts, pod) && countDropped(parts, pod, change, signal).then((seen) => seen !== null),
        ),
      );
      if (left.some((there) => there)) return null;
      const here = topologyOf(await lookAt(parts, signal)).filter(
        ({ node, role }) => node === change.target.node && role !== "node",
      );
      if (here.length === 0 || here.some(({ healthy }) => !healthy)) return null;
      const names = here.map(({ id }) => id).join(", ");
      return witness(
        parts,
        `no rule of ours is left in the pods of node ${change.target.node}; ${names} are ready`,
        "inside the pods",
      );
    },
  };
}

/** The pods of the plan's roles that stand on a node. */
export async function podsOn(parts: Parts, node: string, signal: AbortSignal): Promise<PodObject[]> {
  const { pods } = await podsByRole(parts.api, parts.config, signal);
  const all = Object.values(pods).flat();
  return all.filter((pod) => pod.spec?.nodeName === node && isPresent(pod) && pod.status?.phase === "Running");
}

/** Whom the target's pods may not talk to. */
async function peerAddresses(parts: Parts, change: Change, signal: AbortSignal): Promise<readonly string[]> {
  const given = change.parameters["peers"];
  const peers = Array.isArray(given) ? given.map(String) : [];
  if (peers.length === 0) return EVERYBODY;
  const { nodes } = await lookAt(parts, signal);
  if (nodes === null) throw refuse("to list nodes, for their addresses", "no right to");
  const named = (node: NodeObject) => peers.includes(node.metadata.name);
  if (!peers.includes(OUTSIDE)) return nodes.filter(named).flatMap(addressesOf);
  throw refuse(
    `peers that are nodes of the cluster`,
    `"${OUTSIDE}": what is on no node has no addresses that are known`,
    "leave peers away to cut the pods off from everybody",
  );
}

/** Packets that our rules dropped in this pod; null: there is no table of ours. */
async function countDropped(parts: Parts, pod: PodObject, change: Change, signal: AbortSignal): Promise<number | null> {
  const { code, stdout } = await nft(
    parts,
    pod,
    ["nft", "list", "table", "inet", tableName(change.id)],
    undefined,
    signal,
  );
  if (code !== 0) return null;
  return [...stdout.matchAll(/counter packets (\d+)/g)].reduce((sum, [, packets]) => sum + Number(packets), 0);
}

function nft(
  { tools }: Parts,
  pod: PodObject,
  argv: readonly string[],
  stdin: string | undefined,
  signal: AbortSignal,
) {
  return tools.exec(pod, { is: "network" }, argv, { signal, ...(stdin === undefined ? {} : { stdin }) });
}

function touched({ tools }: Parts, pod: PodObject): boolean {
  return tools.has(pod, { is: "network" });
}

function secondsOf({ expiresAfterMs }: Change): number {
  return Math.min(SECONDS_MAX, Math.ceil((expiresAfterMs ?? SECONDS_MAX * 1000) / 1000));
}

function biteSays(
  parts: Parts,
  change: Change,
  pods: readonly PodObject[],
  counted: readonly (number | null)[],
): Witness {
  const each = pods.map(({ metadata }, index) => `${metadata.name} ${counted[index]}`).join(", ");
  return witness(
    parts,
    `nft table ${tableName(change.id)} drops packets in every pod of node ${change.target.node}: ${each}`,
    "inside the pods",
  );
}

function noLink(node: string) {
  return refuse(
    `a way of cutting that the pods' own networks have (how: drop or reject)`,
    `how: link: the network card of node ${node} is not ours`,
    "platform.nodes.cut: { apply, revert } names commands of your own that cut a node",
  );
}

function nobodyThere(node: string) {
  return refuse(`a pod of the plan's roles on node ${node}`, "none: nothing would be cut off");
}
