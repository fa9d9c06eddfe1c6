/** The targets of the lab, with the leaders marked. */
import type { Target } from "../../platform.ts";
import { isStreaming } from "../patroni.ts";
import { NODES, type NodeName } from "./addresses.ts";
import type { ServiceReport } from "./agent/protocol.ts";
import type { Boot } from "./boot.ts";

export async function topologyOf(parts: Boot, signal: AbortSignal): Promise<Target[]> {
  const groups = await Promise.all([
    appTargets(parts, signal),
    postgresTargets(parts, signal),
    redisTargets(parts, signal),
    serviceTargets(parts, signal),
  ]);
  return [...groups.flat(), ...nodeTargets(parts)];
}

async function appTargets({ replicas, config }: Boot, signal: AbortSignal): Promise<Target[]> {
  const ready = new Set((await replicas.ready(signal)).map((slot) => slot.name));
  const labels = { cpuRequestMillicores: String(config.app.cpuRequestMillicores) };
  return replicas
    .current()
    .map((slot) => ({ ...target(`app/${slot.name}`, slot.node, { healthy: ready.has(slot.name) }), labels }));
}

async function postgresTargets({ observer }: Boot, signal: AbortSignal): Promise<Target[]> {
  const members = await observer.cluster(signal);
  return NODES.map((node) => {
    const member = members.find((one) => one.node === node);
    const leader = member?.role === "leader";
    const healthy = member !== undefined && (leader ? member.state === "running" : isStreaming(member));
    return { ...target(`postgres/${node}`, node, { healthy, leader }), labels: { role: member?.role ?? "none" } };
  });
}

async function redisTargets({ observer }: Boot, signal: AbortSignal): Promise<Target[]> {
  const [replication, master] = await Promise.all([observer.replication(signal), observer.redisMaster(signal)]);
  return NODES.map((node) => {
    const seen = replication[node];
    const leader = node === master;
    const healthy = seen !== undefined && (leader ? seen.role === "master" : seen.linkUp);
    return { ...target(`redis/${node}`, node, { healthy, leader }), labels: { role: seen?.role ?? "none" } };
  });
}

/** Returns the Sentinels, the proxy and etcd, with the state that their supervisors report. */
async function serviceTargets({ observer }: Boot, signal: AbortSignal): Promise<Target[]> {
  const places = [...NODES, "switch"] as const;
  const reports = await Promise.all(places.map((place) => observer.services(place, signal)));
  return places.flatMap((place, index) => (reports[index] ?? []).flatMap((report) => serviceTarget(place, report)));
}

function serviceTarget(place: NodeName | "switch", report: ServiceReport): Target[] {
  const plain = ["sentinel", "haproxy", "etcd"].includes(report.name);
  return plain ? [target(`${report.name}/${place}`, place, { healthy: report.phase === "running" })] : [];
}

function nodeTargets({ space, replicas }: Boot): Target[] {
  return NODES.map((node) => ({
    ...target(`node/${node}`, node, { healthy: space.isOn(node) }),
    labels: { cordoned: String(replicas.isCordoned(node)) },
  }));
}

interface State {
  readonly healthy: boolean;
  readonly leader?: boolean;
}

function target(id: string, node: string, { healthy, leader = false }: State): Target {
  const [role = ""] = id.split("/");
  return { id, role, node, leader, healthy, labels: {} };
}
