/**
 * The part that all network changes share: one nft table in the network namespace of each affected pod, created through our tools
 * container. Its counters show from inside that it works, and the kernel expires its elements on time, no matter which process
 * has died.
 */

import type { ExecOutcome } from "../../../kubernetes.ts";
import type { Capability, CapabilityName, Change, TargetReferenceWithNode } from "../../../platform.ts";
import { podsByRole } from "../look.ts";
import { tableName } from "../marks.ts";
import { addressesOf, isPresent, type NodeObject, type PodObject, probeSecondsOf } from "../objects.ts";
import { demandNode, demandPod, healthyOn, lookAt, type Parts, refuse, witness } from "../parts.ts";
import { assertNodeMayBeHit, assertOwnNetwork } from "../safety.ts";
import { secondsOf } from "./held.ts";
import { deleteLater, EVERYBODY, gatewaysIn, packetsIn, type RuleScope } from "./rules.ts";
import { assertReplicasElsewhere } from "./spread.ts";

const OUTSIDE = "outside";
const NETWORK = { is: "network" } as const;

export interface TableKind<Name extends CapabilityName> {
  /** Returns the whole table for a change. */
  rules(change: Change<Name>, scope: RuleScope): string;
  /** A command that, run from inside, causes traffic that the rules must match: a lookup, for example. */
  readonly provoke?: readonly string[];
}

export function tableCapability<Name extends CapabilityName>(parts: Parts, kind: TableKind<Name>): Capability<Name> {
  return {
    async prior(target, _parameters, signal) {
      if (target.role === "node") {
        assertNodeMayBeHit(parts.config, await demandNode(parts, target.node, signal));
        await assertReplicasElsewhere(parts, target.node, signal);
      }
      const pods = await podsOf(parts, target, signal);
      for (const pod of pods) assertOwnNetwork(pod);
      if (pods.length === 0) throw nobodyThere(target);
      return { pods: pods.map(({ metadata }) => metadata.name) };
    },
    async apply(change, signal) {
      const seconds = secondsOf(change);
      const addresses = await peerAddresses(parts, change.parameters, signal);
      const pods = await podsOf(parts, change.target, signal);
      const spared = await ownAddresses(parts, change.target, { pods, signal });
      await Promise.all(
        pods.map(async (pod) => {
          const gateways = spared.length === 0 ? [] : await gatewaysOf(parts, pod, signal);
          const scope = { addresses, spared, gateways, probeSeconds: probeSecondsOf(pod), seconds };
          await arm(parts, pod, { change, rules: kind.rules(change, scope), seconds }, signal);
        }),
      );
    },
    async bitten(change, signal) {
      const pods = await podsOf(parts, change.target, signal);
      const counted = await Promise.all(
        pods.map((pod) => count(parts, { pod, change, provoke: kind.provoke }, signal)),
      );
      if (pods.length === 0 || counted.some((packets) => packets === null || packets === 0)) return null;
      const each = pods.map(({ metadata }, index) => `${metadata.name} ${counted[index]}`).join(", ");
      return witness(parts, `packets that nft table ${tableName(change.id)} met: ${each}`, "inside the pods");
    },
    async revert(change, signal) {
      const pods = (await podsOf(parts, change.target, signal)).filter((pod) => parts.tools.has(pod, NETWORK));
      const argv = ["sh", "-c", `nft delete table inet ${tableName(change.id)} 2>/dev/null || true`];
      await Promise.all(pods.map((pod) => parts.tools.exec(pod, NETWORK, argv, { signal })));
    },
    healed: (change, signal) => healed(parts, change, signal),
  };
}

/** Returns the pod itself; for a node, the pods of the plan's roles that run on it. */
export async function podsOf(
  parts: Parts,
  target: TargetReferenceWithNode,
  signal: AbortSignal,
): Promise<readonly PodObject[]> {
  if (target.role !== "node") return [await demandPod(parts, target, signal)];
  const { pods } = await podsByRole(parts.api, parts.config, signal);
  const all = Object.values(pods).flat();
  return all.filter((pod) => pod.spec?.nodeName === target.node && isPresent(pod) && pod.status?.phase === "Running");
}

/** What a change's name and place are read from, whatever its capability. */
type Named = Pick<Change, "id" | "target">;

interface Arming {
  readonly change: Named;
  readonly rules: string;
  readonly seconds: number;
}

async function arm(parts: Parts, pod: PodObject, { change, rules, seconds }: Arming, signal: AbortSignal) {
  const { code, stderr } = await parts.tools.exec(pod, NETWORK, ["nft", "-f", "-"], { stdin: rules, signal });
  if (code !== 0)
    throw refuse(`nft to take our rules in pod ${pod.metadata.name}`, stderr.trim() || `exit code ${code}`);
  await parts.tools.exec(pod, NETWORK, deleteLater(change.id, seconds), { signal });
}

/** Returns the number of packets that matched our rules in this pod; null when it has no table of ours. */
async function count(
  parts: Parts,
  { pod, change, provoke }: { pod: PodObject; change: Named; provoke?: readonly string[] | undefined },
  signal: AbortSignal,
): Promise<number | null> {
  if (provoke !== undefined) await parts.tools.exec(pod, NETWORK, provoke, { signal });
  const listed = await list(parts, pod, change, signal);
  return listed.code === 0 ? packetsIn(listed.stdout) : null;
}

function list(parts: Parts, pod: PodObject, change: Named, signal: AbortSignal): Promise<ExecOutcome> {
  return parts.tools.exec(pod, NETWORK, ["nft", "list", "table", "inet", tableName(change.id)], { signal });
}

async function healed(parts: Parts, change: Named, signal: AbortSignal) {
  const pods = (await podsOf(parts, change.target, signal)).filter((pod) => parts.tools.has(pod, NETWORK));
  const left = await Promise.all(pods.map((pod) => count(parts, { pod, change }, signal)));
  if (left.some((packets) => packets !== null)) return null;
  const names = await healthyOn(parts, change.target, signal);
  if (names === null) return null;
  return witness(parts, `no rule of ours is left; ${names} are ready`, "inside the pods, and the API");
}

/** Returns the addresses whose traffic with the target's pods is affected. */
async function peerAddresses(parts: Parts, parameters: object, signal: AbortSignal): Promise<readonly string[]> {
  const peers = "peers" in parameters && Array.isArray(parameters.peers) ? parameters.peers.map(String) : [];
  if (peers.length === 0) return EVERYBODY;
  if (peers.includes(OUTSIDE)) throw noOutside();
  const { nodes } = await lookAt(parts, signal);
  if (nodes === null) throw refuse("to list nodes, for their addresses", "no right to");
  const named = (node: NodeObject) => peers.includes(node.metadata.name);
  return nodes.filter(named).flatMap(addressesOf);
}

/**
 * Returns the addresses that are spared: a node that is cut off still reaches its own pods, and these reach each other, because
 * their probes must not fail because of us.
 */
async function ownAddresses(
  parts: Parts,
  { node, role }: TargetReferenceWithNode,
  { pods, signal }: { readonly pods: readonly PodObject[]; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  if (role !== "node") return [];
  const neighbours = pods.flatMap(({ status }) => (status?.podIP === undefined ? [] : [status.podIP]));
  return [
    ...addressesOf(await demandNode(parts, node, signal)),
    ...neighbours.filter((address) => !address.includes(":")),
  ];
}

/**
 * Returns the pod's gateways: many networks give the kubelet that address towards the pod, and the Node object, whose podCIDR not every
 * network sets, does not say so.
 */
async function gatewaysOf(parts: Parts, pod: PodObject, signal: AbortSignal): Promise<readonly string[]> {
  const { stdout } = await parts.tools.exec(pod, NETWORK, ["cat", "/proc/net/route"], { signal });
  return gatewaysIn(stdout);
}

function noOutside() {
  return refuse(
    "peers that are nodes of the cluster",
    `"${OUTSIDE}": what is on no node has no addresses that are known`,
    "leave peers away to mean everybody",
  );
}

function nobodyThere({ node }: TargetReferenceWithNode) {
  return refuse(`a pod of the plan's roles on node ${node}`, "none: nothing would be changed");
}
