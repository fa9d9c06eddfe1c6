/** What the app's replicas and the stores' members hold now: the points that reveal a slow leak. */
import { NODES } from "./addresses.ts";
import type { Usage } from "./agent/usage.ts";
import type { Boot } from "./boot.ts";

/**
 * "memory/app/n1-1": bytes; "connections/app/n1-1", "connections/postgres/n1", "connections/redis/n1": established TCP
 * connections, including those for a member's own upkeep (replication, Patroni). A service that is not running has no point.
 */
export type LabSample = Record<string, number>;

const STORES = ["postgres", "redis"] as const;

export async function sampleLab({ observer }: Pick<Boot, "observer">, signal: AbortSignal): Promise<LabSample> {
  const samples = await Promise.all(NODES.map(async (node) => sampleOf(node, await observer.usage(node, signal))));
  return Object.assign({}, ...samples) as LabSample;
}

/**
 * Returns the points of one node. The memory of a store's member is left out, because memory that its processes share would count
 * once for each.
 */
export function sampleOf(node: string, usage: Readonly<Record<string, Usage>>): LabSample {
  const sample: LabSample = {};
  for (const [name, { memoryBytes, connections }] of Object.entries(usage)) {
    if (memoryBytes === 0) continue;
    if (name.startsWith("app/")) sample[`memory/${name}`] = memoryBytes;
    if (name.startsWith("app/")) sample[`connections/${name}`] = connections;
    if (STORES.some((store) => store === name)) sample[`connections/${name}/${node}`] = connections;
  }
  return sample;
}
