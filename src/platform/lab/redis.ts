/** The configuration of Redis and Sentinel, and where their answers point in the lab. Pure. */
import { parseReplicationInfo, type ReplicationInfo } from "../redis.ts";
import { addressOf, diskOf, FOLDER, NODES, type NodeName, nodeAt, PORT } from "./addresses.ts";
import type { LabConfig } from "./config.ts";
import { fillTemplate } from "./template.ts";

export const MASTER_NAME = "lab";
/** The node whose Redis is the master of a new lab. */
export const FIRST_MASTER: NodeName = "n1";

/** What one Redis reports about itself in INFO replication. */
export interface Replication extends Omit<ReplicationInfo, "masterHost"> {
  /** For a replica: the node of its master. */
  readonly masterNode: NodeName | undefined;
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

/** Parses the text of INFO replication, with the node of the master in place of its address. */
export function parseReplication(info: string): Replication {
  const { masterHost, ...seen } = parseReplicationInfo(info);
  return { ...seen, masterNode: nodeAt(masterHost) };
}

function redisValue(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value === "" ? '""' : String(value);
}
