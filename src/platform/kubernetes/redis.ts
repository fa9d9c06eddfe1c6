/** Redis and its Sentinels as they report themselves: INFO replication of each Redis, and the master that each Sentinel names. */
import { pairs, parseReplicationInfo } from "../redis.ts";
import type { KubernetesConfig, RedisConfig } from "./config.ts";
import { type Doors, quietly } from "./doors.ts";
import { carries, isPresent, type PodObject } from "./objects.ts";

/** What one Redis reports about itself. */
export interface RedisState {
  readonly pod: string;
  /** master or slave; "silent" when there was no answer. */
  readonly role: string;
  readonly linkUp: boolean;
  readonly onlineReplicas: number;
}

/** What one Sentinel knows about the master set. */
export interface SentinelState {
  readonly pod: string;
  /** The name of the pod that it calls master; undefined when it does not answer, or names an unknown one. */
  readonly names: string | undefined;
  /** The number of Sentinels that it knows, itself included. */
  readonly sentinels: number;
  readonly replicas: number;
  /** "master", "master,s_down" ... */
  readonly flags: string;
}

export interface RedisLook {
  readonly members: readonly RedisState[];
  readonly sentinels: readonly SentinelState[];
  /** The pod that leads: most Sentinels name it, and it reports itself as master; undefined when there is none. */
  readonly master: string | undefined;
}

export async function lookAtRedis(
  doors: Doors,
  config: RedisConfig,
  pods: { readonly members: readonly PodObject[]; readonly sentinels: readonly PodObject[] },
  signal: AbortSignal,
): Promise<RedisLook> {
  const [members, sentinels] = await Promise.all([
    Promise.all(pods.members.map((pod) => askMember(doors, config, pod, signal))),
    Promise.all(pods.sentinels.map((pod) => askSentinel(doors, config, { pod, members: pods.members }, signal))),
  ]);
  return { members, sentinels, master: masterOf(members, sentinels, config.sentinel !== undefined) };
}

/**
 * Returns the master that more than half of the answering Sentinels name, if it confirms this itself; without Sentinels, the only
 * member that reports itself as master. Sentinels that each name another master are a split brain, in which nobody leads.
 */
export function masterOf(
  members: readonly RedisState[],
  sentinels: readonly SentinelState[],
  hasSentinels: boolean,
): string | undefined {
  const masters = members.filter(({ role }) => role === "master").map(({ pod }) => pod);
  if (!hasSentinels) return masters.length === 1 ? masters[0] : undefined;
  const named = sentinels.flatMap(({ names }) => (names === undefined ? [] : [names]));
  const votes = (name: string) => named.filter((other) => other === name).length;
  const most = [...new Set(named)].sort((a, b) => votes(b) - votes(a))[0];
  if (most === undefined || votes(most) * 2 <= named.length) return undefined;
  return masters.includes(most) ? most : undefined;
}

/** Returns the pod of an address: an IP, or a name that begins with the pod's name. */
export function podAt(address: string, pods: readonly PodObject[]): string | undefined {
  return pods.find(
    ({ metadata, status }) =>
      status?.podIP === address || address === metadata.name || address.startsWith(`${metadata.name}.`),
  )?.metadata.name;
}

/** Parses the text of INFO replication. */
export function parseReplication(pod: string, info: string): RedisState {
  const { role, linkUp, onlineReplicas } = parseReplicationInfo(info);
  return { pod, role: role || "silent", linkUp, onlineReplicas };
}

/** Returns the pods that run a Sentinel. */
export function sentinelPods(config: KubernetesConfig, all: readonly PodObject[]): readonly PodObject[] {
  const wanted = config.redis?.sentinel?.pods ?? config.redis?.pods;
  if (config.redis?.sentinel === undefined || wanted === undefined) return [];
  return all.filter((pod) => carries(pod, wanted) && isPresent(pod));
}

/** Returns the arguments of AUTH; empty when there is no password. */
export function loginOf({
  user,
  password,
}: {
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}): string[] {
  if (password === undefined) return [];
  return user === undefined ? [password] : [user, password];
}

async function askMember(doors: Doors, config: RedisConfig, pod: PodObject, signal: AbortSignal): Promise<RedisState> {
  const where = { pod, port: config.port, login: loginOf(config) };
  const info = await quietly(() => doors.redis(where, ["INFO", "replication"], signal));
  return parseReplication(pod.metadata.name, String(info ?? ""));
}

async function askSentinel(
  doors: Doors,
  config: RedisConfig,
  { pod, members }: { pod: PodObject; members: readonly PodObject[] },
  signal: AbortSignal,
): Promise<SentinelState> {
  const { sentinel } = config;
  const silent = { pod: pod.metadata.name, names: undefined, sentinels: 0, replicas: 0, flags: "silent" };
  if (sentinel === undefined) return silent;
  const where = { pod, port: sentinel.port, login: loginOf(sentinel) };
  const answer = await quietly(() => doors.redis(where, ["SENTINEL", "MASTER", sentinel.master], signal));
  if (!Array.isArray(answer)) return silent;
  const known = pairs(answer);
  return {
    pod: pod.metadata.name,
    names: podAt(known["ip"] ?? "", members),
    sentinels: Number(known["num-other-sentinels"] ?? -1) + 1,
    replicas: Number(known["num-slaves"] ?? 0),
    flags: known["flags"] ?? "",
  };
}
