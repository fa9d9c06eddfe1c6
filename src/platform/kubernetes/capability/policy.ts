/**
 * A cut by a NetworkPolicy, for namespaces whose Pod Security lets no container with NET_ADMIN into a pod. It is less than a cut by nft:
 * connections that exist go on, whether a new one is refused or never answered is up to the cluster's network plugin, it always means
 * everybody, and nothing in the kernel ends it on time. So it is used only where the plan asks for it (platform.cuts), and a fresh
 * connection that worked before must fail before it counts as a bite.
 */
import type { Capability, Change, TargetReferenceWithNode } from "../../../platform.ts";
import { cutLabel, MANAGED_BY, policyName, runOf } from "../marks.ts";
import { isPresent, type PodObject } from "../objects.ts";
import { demandNode, findPod, healthyOn, type Parts, refuse, witness } from "../parts.ts";
import { assertNodeMayBeHit, assertOwnNetwork } from "../safety.ts";
import { connects, peerOf, portOf } from "./fresh-connection.ts";
import { podsOf } from "./table.ts";

/** A change without its own expiry is bounded as well. */
const EXPIRY_MS_MAX = 3_600_000;

interface Prior {
  readonly pods: readonly { readonly name: string; readonly uid: string }[];
}

type Cut = Change<"cut">;

export function policyCapability(parts: Parts): Capability<"cut"> {
  return {
    async prior(target, parameters, signal) {
      assertPossible(parameters);
      if (target.role === "node") assertNodeMayBeHit(parts.config, await demandNode(parts, target.node, signal));
      const pods = await podsOf(parts, target, signal);
      for (const pod of pods) assertOwnNetwork(pod);
      if (pods.length === 0) throw refuse(`a pod of the plan's roles on node ${target.node}`, "none");
      return { pods: pods.map(({ metadata }) => ({ name: metadata.name, uid: metadata.uid ?? "" })) };
    },
    async apply(change, signal) {
      if (!(await allConnect(parts, change, signal))) throw notConnected(change);
      const { namespace } = parts.config;
      const entry = { how: "remove-policy" as const, policy: policyName(change.id), run: runOf(change) };
      await parts.undoList.add(change.id, { ...entry, afterMs: change.expiresAfterMs ?? EXPIRY_MS_MAX }, signal);
      for (const pod of await present(parts, change, signal)) await label(parts, pod, { change, value: "cut" }, signal);
      await parts.api.create(policyOf(change, namespace));
    },
    async bitten(change, signal) {
      if (!(await isThere(parts, change, signal))) return null;
      const found = await connections(parts, change, signal);
      if (found.length === 0 || found.some(({ says }) => says === "connected")) return null;
      const each = found.map(({ pod, says }) => `${pod} ${says}`).join(", ");
      return witness(parts, `fresh connections fail (existing ones go on): ${each}`, "inside the pods");
    },
    async revert(change, signal) {
      await parts.api.remove("NetworkPolicy", parts.config.namespace, policyName(change.id));
      for (const pod of await present(parts, change, signal))
        if (pod.metadata.labels?.[cutLabel(change.id)] !== undefined)
          await label(parts, pod, { change, value: null }, signal);
      await parts.undoList.remove(change.id, signal);
    },
    healed: (change, signal) => healed(parts, change, signal),
  };
}

/** Returns the policy: the labelled pods reach each other, as the pods of a node that is cut off do, and nobody else. */
export function policyOf(change: Pick<Cut, "id" | "parameters">, namespace: string) {
  const ours = { podSelector: { matchLabels: { [cutLabel(change.id)]: "cut" } } };
  const { direction } = change.parameters;
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy" as const,
    metadata: { name: policyName(change.id), namespace, labels: MANAGED_BY },
    spec: {
      ...ours,
      policyTypes: [...(direction === "out" ? [] : ["Ingress"]), ...(direction === "in" ? [] : ["Egress"])],
      ...(direction === "out" ? {} : { ingress: [{ from: [ours] }] }),
      ...(direction === "in" ? {} : { egress: [{ to: [ours] }] }),
    },
  };
}

function assertPossible({ how, peers }: Cut["parameters"]): void {
  const hint = "platform.cuts: nft can, where Pod Security allows NET_ADMIN";
  if (peers.length > 0)
    throw refuse("a cut from everybody, by a NetworkPolicy", `chosen peers: ${peers.join(", ")}`, hint);
  if (how === "reject")
    throw refuse(
      "how: drop, by a NetworkPolicy",
      "reject: whether it refuses is up to the cluster's network plugin",
      hint,
    );
}

async function healed(parts: Parts, change: Cut, signal: AbortSignal) {
  if (await isThere(parts, change, signal)) return null;
  const names = await healthyOn(parts, change.target, signal);
  if (names === null) return null;
  if (!(await allConnect(parts, change, signal))) return null;
  return witness(
    parts,
    `no policy of ours is left, fresh connections work; ${names} are ready`,
    "inside the pods, and the API",
  );
}

async function isThere({ api, config }: Parts, change: Pick<Cut, "id">, signal: AbortSignal): Promise<boolean> {
  const reference = { kind: "NetworkPolicy" as const, namespace: config.namespace, name: policyName(change.id) };
  return (await api.get(reference, signal)) !== null;
}

/** Returns the pods of the change that are still the same. */
async function present(parts: Parts, { prior }: Pick<Cut, "prior">, signal: AbortSignal): Promise<PodObject[]> {
  const { pods } = prior as unknown as Prior;
  const found = await Promise.all(pods.map(({ name }) => findPod(parts, { id: `pod/${name}` }, signal)));
  const uids = new Set(pods.map(({ uid }) => uid));
  return found.filter((pod) => pod !== null && isPresent(pod) && uids.has(pod.metadata.uid ?? "")) as PodObject[];
}

async function allConnect(parts: Parts, change: Cut, signal: AbortSignal): Promise<boolean> {
  return (await connections(parts, change, signal)).every(({ says }) => says === "connected");
}

/** Tries a fresh connection to each pod of the change from a pod that is not cut off, or from it where only that way is cut. */
async function connections(
  parts: Parts,
  change: Cut,
  signal: AbortSignal,
): Promise<{ readonly pod: string; readonly says: string }[]> {
  const pods = await present(parts, change, signal);
  const peer = await peerOf(parts, pods, signal);
  return await Promise.all(
    pods.map(async (pod) => {
      const [from, to] = change.parameters.direction === "out" ? [pod, peer] : [peer, pod];
      const says = await connects(parts, from, { host: to.status?.podIP ?? "", port: portOf(parts, to) }, signal);
      return { pod: pod.metadata.name, says };
    }),
  );
}

async function label(
  parts: Parts,
  { metadata }: PodObject,
  { change, value }: { readonly change: Pick<Cut, "id">; readonly value: "cut" | null },
  signal: AbortSignal,
): Promise<void> {
  const reference = { kind: "Pod" as const, namespace: parts.config.namespace, name: metadata.name };
  await parts.api.patch(reference, { metadata: { labels: { [cutLabel(change.id)]: value } } }, {}, signal);
}

function notConnected({ target }: { readonly target: TargetReferenceWithNode }) {
  return refuse(
    `fresh connections that work before ${target.id} is cut off`,
    "one that does not: after the cut, its failure would prove nothing",
  );
}
