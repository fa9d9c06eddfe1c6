/** Patroni's configuration for one member, and the parser of its `/cluster`. Pure. */
import type { Json } from "../../std/json.ts";
import { type ClusterMember, isLeader, parseClusterMembers } from "../patroni.ts";
import { addressOf, diskOf, isNode, NODES, type NodeName, PORT, SWITCH_ADDRESS } from "./addresses.ts";
import type { LabConfig } from "./config.ts";

/** A member of the lab's cluster, with the node that it runs on. */
export interface PatroniMember extends ClusterMember {
  readonly node: NodeName;
}

/** The PostgreSQL parameters that the lab sets unless the plan overrides them. */
const PARAMETERS: Readonly<Record<string, Json>> = {
  wal_level: "replica",
  hot_standby: "on",
  max_connections: 200,
  max_wal_senders: 10,
  max_replication_slots: 10,
  wal_log_hints: "on",
  wal_keep_size: "128MB",
  shared_buffers: "64MB",
  max_wal_size: "256MB",
  wal_sender_timeout: "5s",
  wal_receiver_timeout: "5s",
  checkpoint_timeout: "30s",
  jit: "off",
};

/** Returns a member's patroni.yml as JSON (which is YAML). `binaries` is PostgreSQL's bin folder. */
export function patroniConfig(config: LabConfig, node: NodeName, binaries: string): string {
  const address = addressOf(node);
  return JSON.stringify({
    scope: "lab",
    name: node,
    restapi: { listen: `0.0.0.0:${PORT.patroni}`, connect_address: `${address}:${PORT.patroni}` },
    etcd3: { hosts: etcdHosts(config) },
    bootstrap: {
      dcs: dynamicConfig(config),
      initdb: [{ encoding: "UTF8" }, { locale: "C" }, "data-checksums", "no-sync"],
    },
    postgresql: {
      listen: `0.0.0.0:${PORT.postgres}`,
      connect_address: `${address}:${PORT.postgres}`,
      data_dir: `${diskOf(node)}/postgres/data`,
      bin_dir: binaries,
      pgpass: `${diskOf(node)}/postgres/pgpass`,
      basebackup: [{ checkpoint: "fast" }, "no-sync"],
      authentication: {
        superuser: { username: "postgres", password: "postgres" },
        replication: { username: "replicator", password: "replicator" },
        rewind: { username: "postgres", password: "postgres" },
      },
      parameters: { unix_socket_directories: `${diskOf(node)}/postgres` },
      // Only the lab's own network namespace can reach it, so a password would protect nothing.
      pg_hba: ["local all all trust", "host all all 0.0.0.0/0 trust", "host replication all 0.0.0.0/0 trust"],
    },
    watchdog: { mode: "off" },
  });
}

export function etcdHosts(config: LabConfig): string[] {
  const addresses = config.etcd === 1 ? [SWITCH_ADDRESS] : NODES.map(addressOf);
  return addresses.map((address) => `${address}:${PORT.etcdClient}`);
}

/** Returns the members of a `/cluster` answer, ordered by node; entries that are not ours are left out. */
export function parseCluster(body: Json): PatroniMember[] {
  return parseClusterMembers(body)
    .flatMap((member) => (isNode(member.name) ? [{ ...member, node: member.name }] : []))
    .sort((a, b) => (a.node < b.node ? -1 : 1));
}

/** Returns the running leader; undefined while there is none. */
export function leaderOf(members: readonly PatroniMember[]): NodeName | undefined {
  return members.find((member) => isLeader(member) && member.state === "running")?.node;
}

function dynamicConfig(config: LabConfig): Json {
  const { postgres } = config;
  return {
    ttl: seconds(postgres.ttl),
    loop_wait: seconds(postgres.loopWait),
    retry_timeout: seconds(postgres.retryTimeout),
    maximum_lag_on_failover: postgres.maximumLagOnFailoverBytes,
    master_start_timeout: seconds(postgres.startTimeout),
    synchronous_mode: postgres.synchronous,
    synchronous_mode_strict: postgres.strict,
    failsafe_mode: postgres.failsafe,
    postgresql: { use_pg_rewind: true, use_slots: true, parameters: { ...PARAMETERS, ...postgres.parameters } },
  };
}

/** Patroni counts in whole seconds. */
function seconds(durationMs: number): number {
  return Math.ceil(durationMs / 1000);
}
