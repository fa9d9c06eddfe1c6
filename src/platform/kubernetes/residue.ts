/** Everything of ours that is left in the cluster, found by label and name alone, and removed as far as possible. */
import type { KubernetesObject } from "../../kubernetes.ts";
import type { Residue } from "../../platform.ts";
import { hasCode, messageOf } from "../../std/errors.ts";
import { uncordonNode } from "./capability/cordon.ts";
import { besideRole, END_ALL_HELD, run } from "./capability/held.ts";
import { removeDeadLease } from "./lease.ts";
import { CORDONED_BY, CUT_LABEL_PREFIX, MANAGED_BY, REAPER, TABLE_PREFIX } from "./marks.ts";
import { isPresent, type NodeObject, type PodObject } from "./objects.ts";
import { lookAt, type Parts } from "./parts.ts";
import { removeProber } from "./prober.ts";
import { hadTools } from "./tools.ts";

/** Undoes cordons, deletes nft tables and ends processes of any run; returns what could not be undone. */
export async function takeAway(parts: Parts, signal: AbortSignal): Promise<Residue[]> {
  const seen = await lookAt(parts, signal);
  const cordons = (seen.nodes ?? []).filter(({ metadata }) => metadata.annotations?.[CORDONED_BY] !== undefined);
  const pods = Object.values(seen.pods).flat().filter(isPresent);
  const [networks, processes] = [
    pods.filter((pod) => hadTools(pod, { is: "network" })),
    pods.filter((pod) => parts.tools.has(pod, besideRole(parts, pod))),
  ];
  const left = await Promise.all([
    ...cordons.map((node) =>
      tried(`cordon of node ${node.metadata.name}`, node, () => uncordonAny(parts, node, signal)),
    ),
    ...(await policiesOf(parts)).map((policy) =>
      tried(`NetworkPolicy ${policy.metadata.name}`, policy, () => removePolicy(parts, policy)),
    ),
    ...pods
      .filter(isLabelled)
      .map((pod) => tried(`label of ours on pod ${pod.metadata.name}`, pod, () => unlabel(parts, pod, signal))),
    ...networks.map((pod) =>
      tried(`nft tables in pod ${pod.metadata.name}`, pod, () => deleteTables(parts, pod, signal)),
    ),
    ...processes.map((pod) =>
      tried(`processes of ours in pod ${pod.metadata.name}`, pod, () => endAllHeld(parts, pod, signal)),
    ),
  ]);
  if (left.flat().length === 0) await parts.undoList.drop();
  return left.flat();
}

/** Removes the reaper, the prober and the lease of a run that is dead; leaves those of a run that is alive. */
export async function removePodsOfDead(parts: Parts, signal: AbortSignal): Promise<void> {
  const { api, config } = parts;
  const { namespace } = config;
  if (await removeDeadLease(api, namespace, signal)) return;
  await removeProber(parts);
  if ((await api.get({ kind: "Deployment", namespace, name: REAPER }, signal)) === null) return;
  await api.remove("Deployment", namespace, REAPER);
}

async function uncordonAny(parts: Parts, node: NodeObject, signal: AbortSignal): Promise<void> {
  await uncordonNode(parts.api, node.metadata.name, null, signal);
}

async function deleteTables(parts: Parts, pod: PodObject, signal: AbortSignal): Promise<void> {
  const names = `nft list tables inet | sed -n 's/^table inet \\(${TABLE_PREFIX}[a-z0-9]*\\)$/\\1/p'`;
  const script = `for t in $(${names}); do nft delete table inet $t || exit 1; done`;
  const { code, stderr } = await parts.tools.exec(pod, { is: "network" }, ["sh", "-c", script], { signal });
  if (code !== 0) throw new Error(stderr.trim() || `exit code ${code}`);
}

/** Returns our policies of any run. Without the right to list policies, no run of ours could make one. */
async function policiesOf({ api, config }: Parts): Promise<readonly KubernetesObject[]> {
  if (config.cuts !== "network-policy") return [];
  const [[label, value]] = Object.entries(MANAGED_BY) as [[string, string]];
  return await api.list("NetworkPolicy", { namespace: config.namespace, labels: `${label}=${value}` });
}

async function removePolicy({ api, config }: Parts, { metadata }: KubernetesObject): Promise<void> {
  await api.remove("NetworkPolicy", config.namespace, metadata.name);
}

function cutLabelsOf({ metadata }: PodObject): string[] {
  return Object.keys(metadata.labels ?? {}).filter((label) => label.startsWith(CUT_LABEL_PREFIX));
}

function isLabelled(pod: PodObject): boolean {
  return cutLabelsOf(pod).length > 0;
}

async function unlabel({ api, config }: Parts, pod: PodObject, signal: AbortSignal): Promise<void> {
  const labels = Object.fromEntries(cutLabelsOf(pod).map((label) => [label, null]));
  const reference = { kind: "Pod" as const, namespace: config.namespace, name: pod.metadata.name };
  await api.patch(reference, { metadata: { labels } }, {}, signal);
}

/** What has lost its tools container has lost our processes with it. */
async function endAllHeld(parts: Parts, pod: PodObject, signal: AbortSignal): Promise<void> {
  const { code, stderr } = await run(parts, pod, END_ALL_HELD, signal);
  if (code !== 0) throw new Error(stderr.trim() || `exit code ${code}`);
}

async function tried(what: string, where: KubernetesObject, undo: () => Promise<void>): Promise<Residue[]> {
  try {
    await undo();
    return [];
  } catch (thrown) {
    if (hasCode(thrown, "kubernetes-unreachable")) throw thrown; // the caller asks again
    return [{ what: `${what}: ${messageOf(thrown)}`, where: where.metadata.name }];
  }
}
