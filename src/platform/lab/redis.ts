/** The configuration of Redis and Sentinel, and the parsers of their answers. Pure. */
import { addressOf, diskOf, FOLDER, NODES, type NodeName, nodeAt, PORT } from "./addresses.ts";
import type { LabConfig } from "./config.ts";
import { fillTemplate } from "./template.ts";

export const MASTER_NAME = "lab";
/** The node whose Redis is the master of a new lab. */
export const FIRST_MASTER: NodeName = "n1";

/** What one Redis reports about itself in INFO replication. */
export interface Replication {
  readonly role: string;
  /** For a replica: the node of its master, and whether the link is up. */
  readonly masterNode: NodeName | undefined;
  readonly linkUp: boolean;
  /** For a master: the number of its replicas that are online. */
  readonly onlineReplicas: number;
}

export function redisConfig(config: LabConfig, node: NodeName): string {
  const { redis } = config;
  return fillTemplate("redis.conf", {
    port: PORT.redis,
    folder: `${diskOf(node)}/redis`,
    appendOnly: redis.appendOnly ? "yes" : "no",
    minReplicasToWrite: redis.minReplicasToWrite,
    minReplicasMaxLagSeconds: Math.ceil(redis.minReplicasMaxLag / 1000),
    parameters: Object.entries(redis.parameters)
      .map(([name, value]) => `${name} ${redisValue(value)}`)
      .join("\n"),
  });
}

export function sentinelConfig(config: LabConfig, node: NodeName): string {
  const { redis } = config;
  return fillTemplate("sentinel.conf", {
    port: PORT.sentinel,
    folder: `${diskOf(node)}/sentinel`,
    name: MASTER_NAME,
    address: addressOf(FIRST_MASTER),
    masterPort: PORT.redis,
    quorum: redis.quorum,
    downAfterMs: redis.downAfter,
    failoverTimeoutMs: redis.failoverTimeout,
  });
}

/** Returns the command that starts a node's Redis. The node's own Sentinel is queried last, because it may have just started. */
export function redisCommand(node: NodeName): string[] {
  const others = NODES.filter((other) => other !== node);
  return [
    "sh",
    `${FOLDER.gameday}/lab/redis-start.sh`,
    `${diskOf(node)}/redis.conf`,
    addressOf(node),
    addressOf(FIRST_MASTER),
    String(PORT.sentinel),
    MASTER_NAME,
    ...others.map(addressOf),
    addressOf(node),
  ];
}

/** Parses the text of INFO replication. */
export function parseReplication(info: string): Replication {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1] ?? "";
  return {
    role: field("role"),
    masterNode: nodeAt(field("master_host")),
    linkUp: field("master_link_status") === "up",
    onlineReplicas: info.match(/^slave\d+:.*state=online/gm)?.length ?? 0,
  };
}

/** Parses a flat list of names and values, the form in which SENTINEL MASTER and SENTINEL REPLICAS answer. */
export function pairs(list: readonly unknown[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (let at = 0; at + 1 < list.length; at += 2) found[String(list[at])] = String(list[at + 1]);
  return found;
}

function redisValue(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value === "" ? '""' : String(value);
}
