/**
 * Checks whether a target is in its place again, by querying the target itself and those that lead it. Returns a description, or
 * null when it is not.
 */
import type { TargetReferenceWithNode } from "../../../platform.ts";
import { isStreaming } from "../../patroni.ts";
import { isNode, type NodeName, PORT } from "../addresses.ts";
import type { Boot } from "../boot.ts";

export async function inPlace(
  parts: Boot,
  target: TargetReferenceWithNode,
  signal: AbortSignal,
): Promise<string | null> {
  const { node } = target;
  switch (target.role) {
    case "postgres":
      return isNode(node) ? postgresInPlace(parts, node, signal) : null;
    case "redis":
      return isNode(node) ? redisInPlace(parts, node, signal) : null;
    case "sentinel":
      return isNode(node) ? sentinelInPlace(parts, node, signal) : null;
    case "app":
      return appInPlace(parts, target, signal);
    case "node":
      return isNode(node) ? nodeInPlace(parts, node, signal) : null;
    default:
      return serviceInPlace(parts, target, signal);
  }
}

/** Also queries the member's own Patroni, because the cluster's view of a member that has just died is still out of date. */
async function postgresInPlace({ observer }: Boot, node: NodeName, signal: AbortSignal): Promise<string | null> {
  const [cluster, itself] = await Promise.all([
    observer.cluster(signal),
    observer.http(node, PORT.patroni, "/health", signal),
  ]);
  const member = cluster.find((one) => one.node === node);
  if (member === undefined || itself !== 200) return null;
  const leads = member.role === "leader" && member.state === "running";
  return leads || isStreaming(member) ? `Patroni: ${node} is ${member.role}, ${member.state}` : null;
}

async function redisInPlace({ observer }: Boot, node: NodeName, signal: AbortSignal): Promise<string | null> {
  const [replication, master] = await Promise.all([observer.replication(signal), observer.redisMaster(signal)]);
  const seen = replication[node];
  if (seen === undefined || master === undefined) return null;
  if (node === master) return seen.role === "master" ? `INFO: master, and Sentinel names ${node}` : null;
  const follows = seen.role === "slave" && seen.linkUp && seen.masterNode === master;
  return follows ? `INFO: replica of ${master}, which Sentinel names, link up` : null;
}

async function sentinelInPlace({ observer }: Boot, node: NodeName, signal: AbortSignal): Promise<string | null> {
  const known = await observer.sentinelKnows(node, signal);
  return known?.sentinels === 3 ? `Sentinel on ${node} knows 3 sentinels` : null;
}

async function appInPlace(
  { replicas }: Boot,
  target: TargetReferenceWithNode,
  signal: AbortSignal,
): Promise<string | null> {
  const upAtProxy = (await replicas.ready(signal)).filter((slot) => `app/${slot.name}` === target.id);
  // Also queries the replica itself, because the proxy does not notice at once that a replica has died.
  const ready = (await replicas.answering(upAtProxy, signal)).length > 0;
  return ready ? `${target.id} reports that it is ready, and HAProxy that it is up` : null;
}

async function nodeInPlace(parts: Boot, node: NodeName, signal: AbortSignal): Promise<string | null> {
  if (!parts.space.isOn(node)) return null;
  const [postgres, redis, sentinel] = await Promise.all([
    postgresInPlace(parts, node, signal),
    redisInPlace(parts, node, signal),
    sentinelInPlace(parts, node, signal),
  ]);
  return postgres !== null && redis !== null && sentinel !== null ? `${postgres}; ${redis}; ${sentinel}` : null;
}

async function serviceInPlace(
  parts: Boot,
  target: TargetReferenceWithNode,
  signal: AbortSignal,
): Promise<string | null> {
  const place = isNode(target.node) ? target.node : "switch";
  const report = (await parts.observer.services(place, signal)).find((one) => one.name === target.role);
  if (report?.phase !== "running") return null;
  if (target.role === "haproxy" && (await parts.observer.servers(signal)).length === 0) return null;
  if (
    target.role === "etcd" &&
    isNode(place) &&
    !(await parts.observer.http(place, PORT.etcdClient, "/health", signal))
  )
    return null;
  return `/proc: ${target.role} runs as pid ${report.pid}`;
}
