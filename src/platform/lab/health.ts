/** What must hold before a run and before each fault: one line for each check, always in the same order. */
import type { HealthLine } from "../../platform.ts";
import { CHECK, line } from "../check.ts";
import { isStreaming } from "../patroni.ts";
import { NODES } from "./addresses.ts";
import type { Boot } from "./boot.ts";
import { isUp, type ServerRow } from "./haproxy.ts";
import { leaderOf, type PatroniMember } from "./postgres.ts";

export async function healthOf(parts: Boot, signal: AbortSignal): Promise<HealthLine[]> {
  const { observer, replicas, config } = parts;
  const [ready, members, redis, sentinels, servers] = await Promise.all([
    replicas.ready(signal),
    observer.cluster(signal),
    redisHealth(parts, signal),
    sentinelHealth(parts, signal),
    observer.servers(signal),
  ]);
  const wanted = Math.max(config.app.autoscaler?.minReplicas ?? config.app.replicas, replicas.desired);
  return [
    nodesHealth(parts),
    line(CHECK.replicas, ready.length >= wanted, `>= ${wanted} ready`, `${ready.length} ready`),
    ...postgresHealth(members, config.postgres.synchronous),
    redis,
    sentinels,
    proxyHealth(servers),
  ];
}

export function postgresHealth(members: readonly PatroniMember[], synchronous: boolean): HealthLine[] {
  const leader = leaderOf(members);
  const streaming = members.filter(isStreaming);
  const sync = members.find((member) => member.role === "sync_standby" && isStreaming(member));
  const seen = members.map((member) => `${member.node} ${member.role} ${member.state}`).join(", ") || "no answer";
  const whole = leader !== undefined && streaming.length === NODES.length - 1;
  const lines = [line(CHECK.postgres, whole, "a leader and 2 streaming standbys", seen)];
  if (synchronous) lines.push(line(CHECK.syncStandby, sync !== undefined, "1 sync standby", sync?.node ?? "none"));
  return lines;
}

export function proxyHealth(servers: readonly ServerRow[]): HealthLine {
  const up = (backend: string) => servers.filter((row) => row.backend === backend && isUp(row)).length;
  const seen = `postgres ${up("postgres")}, redis ${up("redis")}, app ${up("app")} up`;
  const ok = up("postgres") === 1 && up("redis") === 1 && up("app") >= 1;
  return line(
    { id: "backends/haproxy", name: "haproxy backends" },
    ok,
    "1 postgres leader, 1 redis master, the app up",
    seen,
  );
}

function nodesHealth({ space, replicas }: Boot): HealthLine {
  const on = NODES.filter((node) => space.isOn(node) && !replicas.isCordoned(node));
  return line(CHECK.nodes, on.length === NODES.length, `${NODES.length} on and schedulable`, on.join(", ") || "none");
}

async function redisHealth({ observer }: Boot, signal: AbortSignal): Promise<HealthLine> {
  const replication = await observer.replication(signal);
  const masters = NODES.filter((node) => replication[node]?.role === "master");
  const linked = NODES.filter((node) => replication[node]?.linkUp && replication[node]?.masterNode === masters[0]);
  const ok = masters.length === 1 && linked.length === NODES.length - 1;
  const seen = NODES.map((node) => `${node} ${replication[node]?.role ?? "silent"}`).join(", ");
  return line(CHECK.redis, ok, "1 master and 2 linked replicas", `${seen}; ${linked.length} linked`);
}

/** Checks that the Sentinels agree: all name the same node, know each other and the replicas, and consider none down. */
async function sentinelHealth({ observer }: Boot, signal: AbortSignal): Promise<HealthLine> {
  const named = await observer.sentinels(signal);
  const knows = await Promise.all(NODES.map((node) => observer.sentinelKnows(node, signal)));
  const agreed = named.n1 !== undefined && NODES.every((node) => named[node] === named.n1);
  const whole = knows.every((known) => known?.sentinels === NODES.length && known.replicas === NODES.length - 1);
  const calm = knows.every((known) => known !== undefined && !known.flags.includes("down"));
  const seen = NODES.map((node) => `${node} names ${named[node] ?? "none"}`).join(", ");
  const counted = knows.map((known) => `${known?.sentinels ?? 0}/${known?.replicas ?? 0}`).join(" ");
  return line(
    CHECK.sentinels,
    agreed && whole && calm,
    "3 that know 3 sentinels and 2 replicas, and name one master",
    `${seen}; sentinels/replicas known: ${counted}`,
  );
}
