/** The clusters of PostgreSQL and Redis in a namespace, found by labels. Who leads is asked elsewhere. Pure. */
import { isPresent, type PodObject } from "../objects.ts";
import { databasesByHand } from "./by-hand.ts";
import { clusterLabels, containerNamed } from "./match.ts";
import { OPERATORS, type Operator } from "./operators.ts";
import { byName, type DiscoveryNotes, type Labels, type ListedObjects, listed, selects } from "./recorded.ts";
import { type SentinelsFound, sentinelsOf } from "./sentinels.ts";

/** One cluster: its members, the labels by which a plan finds them, and where its Sentinels are. */
export interface Store extends DiscoveryNotes {
  readonly operator: Operator;
  readonly labels: Labels;
  readonly container: string;
  readonly members: readonly PodObject[];
  readonly sentinels: SentinelsFound | null;
}

export interface StoresFound {
  readonly postgres: readonly Store[];
  readonly redis: readonly Store[];
}

/** Returns all clusters, the one with the most members first. */
export function storesOf(recorded: ListedObjects): StoresFound {
  const pods = recorded.pods.filter(isPresent).toSorted(byName);
  const known: Store[] = [];
  for (const operator of OPERATORS) {
    const free = pods.filter((pod) => !known.some(({ members }) => members.includes(pod)));
    known.push(...clustersOf(operator, free, pods));
  }
  const taken = new Set(known.flatMap(({ members }) => members));
  const all = [...known, ...handMade(recorded, pods, taken)];
  const bySize = (system: Operator["system"]) =>
    all.filter(({ operator }) => operator.system === system).toSorted((a, b) => b.members.length - a.members.length);
  return { postgres: bySize("postgres"), redis: bySize("redis") };
}

function clustersOf(operator: Operator, free: readonly PodObject[], all: readonly PodObject[]): Store[] {
  const clusters = new Map<string, { labels: Labels; members: PodObject[] }>();
  for (const pod of free) {
    const labels = clusterLabels(operator, pod);
    if (labels === undefined || containerNamed(operator.container, pod) === undefined) continue;
    const key = JSON.stringify(labels);
    const cluster = clusters.get(key) ?? { labels, members: [] };
    cluster.members.push(pod);
    clusters.set(key, cluster);
  }
  return [...clusters.values()].map((cluster) => storeOf(operator, cluster, all));
}

function handMade(recorded: ListedObjects, pods: readonly PodObject[], taken: ReadonlySet<PodObject>): Store[] {
  return databasesByHand(recorded).flatMap(({ operator, selector }) => {
    const members = pods.filter(
      (pod) => selects(selector, pod.metadata.labels) && containerNamed(operator.container, pod) !== undefined,
    );
    if (members.length === 0 || members.some((pod) => taken.has(pod))) return [];
    return [storeOf(operator, { labels: selector, members }, pods)];
  });
}

function storeOf(
  operator: Operator,
  { labels, members }: { readonly labels: Labels; readonly members: readonly PodObject[] },
  pods: readonly PodObject[],
): Store {
  const [first] = members;
  const container = first === undefined ? undefined : containerNamed(operator.container, first);
  const sentinels = sentinelsOf(operator, members, pods);
  const strangers = pods.filter((pod) => selects(labels, pod.metadata.labels) && !members.includes(pod));
  return {
    operator,
    labels,
    members,
    container: container ?? "",
    sentinels: sentinels.found,
    because: [recognised(operator, members), ...(operator.caveats ?? []), tested(operator)],
    questions: [...sentinels.questions, ...(strangers.length === 0 ? [] : [strange(strangers)])],
  };
}

function recognised({ name, labels, instance }: Operator, members: readonly PodObject[]): string {
  const how = Object.keys(labels).length + instance.length === 0 ? "its StatefulSet's containers" : "its labels";
  return `This is ${name}, recognised by ${how}: ${listed(members.map(({ metadata }) => metadata.name))}.`;
}

function tested({ testedOn }: Operator): string {
  return testedOn === "cluster"
    ? "Gameday was tested on a real cluster with examples/jewelry-shop/kubernetes, which is set up in a similar way."
    : "Gameday was tested with this setup by fixtures only (recorded API objects), never on a real cluster.";
}

function strange(pods: readonly PodObject[]): string {
  const names = listed(pods.map(({ metadata }) => metadata.name));
  return `These labels are also on pods without that container (${names}). Which further label tells the members apart?`;
}
