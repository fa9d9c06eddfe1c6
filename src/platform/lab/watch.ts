/**
 * Reports changes that happen by themselves: who leads, how many replicas are ready, and which services died without being told
 * to.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { TimelineEvent } from "../../timeline.ts";
import { NODES } from "./addresses.ts";
import type { Boot } from "./boot.ts";
import { sampleLab } from "./sample.ts";

/** What the watch needs. A service's deaths are expected while a change of ours is on its target or its node. */
export interface WatchedLab extends Boot {
  readonly nowMs: () => number;
  isTouched(target: string, node: string): boolean;
}

type Emit = (event: TimelineEvent) => void;
type Roles = Map<string, string>;

const EVERY_MS = 250;
const SAMPLE_EVERY_MS = 5_000;

/** Resolves when the signal aborts. A part that cannot be seen for a moment keeps its last known state. */
export async function watchLab(parts: WatchedLab, emit: Emit, signal: AbortSignal): Promise<void> {
  await Promise.all([watchChanges(parts, emit, signal), watchUsage(parts, emit, signal)]);
}

async function watchUsage(parts: WatchedLab, emit: Emit, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const detail = await sampleLab(parts, signal);
    if (!signal.aborted)
      emit({ atMs: parts.nowMs(), type: "note", source: "sample", says: "memory (bytes) and connections", detail });
    await delay(SAMPLE_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function watchChanges(parts: WatchedLab, emit: Emit, signal: AbortSignal): Promise<void> {
  const roles: Roles = new Map();
  const failures = new Map<string, number>();
  let replicas = "";
  while (!signal.aborted) {
    await watchRoles(parts, roles, emit, signal);
    await watchRestarts(parts, failures, emit, signal);
    replicas = await watchReplicas(parts, replicas, emit, signal);
    await delay(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function watchRoles(parts: WatchedLab, known: Roles, emit: Emit, signal: AbortSignal): Promise<void> {
  const [members, replication] = await Promise.all([
    parts.observer.cluster(signal),
    parts.observer.replication(signal),
  ]);
  const seen: [string, string, string][] = [
    ...members.map((member): [string, string, string] => ["postgres", member.node, member.role]),
    ...NODES.flatMap((node): [string, string, string][] => {
      const role = replication[node]?.role;
      return role === undefined || role === "" ? [] : [["redis", node, role === "slave" ? "replica" : role]];
    }),
  ];
  for (const [role, node, is] of seen) {
    const target = `${role}/${node}`;
    const was = known.get(target) ?? "unknown";
    if (was !== is) emit({ atMs: parts.nowMs(), type: "role", role, target, is, was });
    known.set(target, is);
  }
}

async function watchRestarts(
  parts: WatchedLab,
  known: Map<string, number>,
  emit: Emit,
  signal: AbortSignal,
): Promise<void> {
  for (const place of [...NODES, "switch" as const]) {
    for (const report of await parts.observer.services(place, signal)) {
      const target = report.name.includes("/") ? report.name : `${report.name}/${place}`;
      const before = known.get(target);
      known.set(target, report.failures);
      if (before === undefined || report.failures <= before) continue;
      const expected = parts.isTouched(target, place);
      const reason = report.lastEnd ?? "unknown";
      emit({ atMs: parts.nowMs(), type: "restart", target, node: place, reason, expected });
    }
  }
}

async function watchReplicas(parts: WatchedLab, before: string, emit: Emit, signal: AbortSignal): Promise<string> {
  const ready = (await parts.replicas.ready(signal)).length;
  const current = parts.replicas.current().length;
  const { desired } = parts.replicas;
  const now = `${current}/${ready}/${desired}`;
  if (now !== before && !signal.aborted) emit({ atMs: parts.nowMs(), type: "replicas", current, ready, desired });
  return now;
}
