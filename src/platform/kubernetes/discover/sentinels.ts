/** The Sentinels of one Redis cluster, found by labels. Pure. */
import type { PodObject } from "../objects.ts";
import { PORTS } from "./by-hand.ts";
import { clusterLabels, containerNamed } from "./match.ts";
import type { Operator, SentinelRule } from "./operators.ts";
import { type Labels, listed } from "./recorded.ts";

export interface SentinelsFound {
  readonly pods: readonly PodObject[];
  /** null: they are the pods of Redis. */
  readonly labels: Labels | null;
  readonly container: string;
  readonly port: number;
  /** The name of the master set, unless the Sentinels report another. */
  readonly master: string;
}

interface Found {
  readonly found: SentinelsFound | null;
  readonly questions: readonly string[];
}

/** Returns null for `found` when the operator has no Sentinels, or when none are there. */
export function sentinelsOf(operator: Operator, members: readonly PodObject[], pods: readonly PodObject[]): Found {
  const { sentinel: rule } = operator;
  if (rule === undefined) return { found: null, questions: [] };
  const groups = rule.labels === undefined ? beside(rule, members) : apart(rule, members, pods);
  const [first, ...others] = groups;
  if (first === undefined) return { found: null, questions: ["No Sentinel was found. Which pods run them, if any?"] };
  if (others.length === 0) return { found: first, questions: [] };
  const named = listed(others.map(({ pods: [pod] }) => pod?.metadata.name ?? ""));
  return { found: first, questions: [`There are other Sentinels (${named} ...). Which ones watch this Redis?`] };
}

function beside(rule: SentinelRule, members: readonly PodObject[]): SentinelsFound[] {
  const pods = members.filter((pod) => containerNamed(rule.container, pod) !== undefined);
  return pods.length === 0 ? [] : [groupOf(rule, null, pods)];
}

function apart(rule: SentinelRule, members: readonly PodObject[], pods: readonly PodObject[]): SentinelsFound[] {
  const [member] = members;
  const { labels = {}, instance = [], shared = [] } = rule;
  const groups = new Map<string, { labels: Labels; pods: PodObject[] }>();
  for (const pod of pods) {
    const found = clusterLabels({ labels, instance }, pod);
    if (found === undefined || containerNamed(rule.container, pod) === undefined) continue;
    if (!shared.every((key) => pod.metadata.labels?.[key] === member?.metadata.labels?.[key])) continue;
    const key = JSON.stringify(found);
    const group = groups.get(key) ?? { labels: found, pods: [] };
    group.pods.push(pod);
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => groupOf(rule, group.labels, group.pods));
}

function groupOf(rule: SentinelRule, labels: Labels | null, pods: readonly PodObject[]): SentinelsFound {
  const [first] = pods;
  const container = first === undefined ? undefined : containerNamed(rule.container, first);
  return { pods, labels, container: container ?? "", port: PORTS.sentinel, master: rule.master };
}
