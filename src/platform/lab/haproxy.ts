/** HAProxy's configuration and runtime commands, and the parser of its statistics. Pure. */
import { addressOf, FOLDER, NODES, PORT, SWITCH_ADDRESS } from "./addresses.ts";
import type { Slot } from "./app.ts";
import type { LabConfig } from "./config.ts";
import { fillTemplate } from "./template.ts";

export const HAPROXY_SOCKET = `${FOLDER.haproxy}/admin.sock`;
export const HAPROXY_FILE = `${FOLDER.haproxy}/haproxy.cfg`;

/** The state that a slot should have at the proxy: taking new requests, finishing old ones, or out of service. */
export type SlotState = "ready" | "drain" | "maint";

/** Returns the configuration file for these slots; slots that hold no replica start disabled. */
export function haproxyConfig(config: LabConfig, slots: readonly (Slot & { state: SlotState })[]): string {
  const { haproxy } = config;
  return fillTemplate("haproxy.cfg", {
    maxConnections: haproxy.maxConnections,
    socket: HAPROXY_SOCKET,
    connectTimeoutMs: haproxy.connectTimeout,
    queueTimeoutMs: haproxy.queueTimeout,
    serverTimeoutMs: haproxy.serverTimeout,
    retries: haproxy.retries,
    redispatch: haproxy.redispatch ? "option redispatch 1" : "no option redispatch",
    switch: SWITCH_ADDRESS,
    postgresPort: PORT.postgresLeader,
    redisPort: PORT.redisMaster,
    appPort: PORT.app,
    postgresChecks: checks(config, ["option httpchk OPTIONS /primary", "http-check expect status 200"]),
    postgresServers: members(PORT.postgres, ` check port ${PORT.patroni}`),
    redisChecks: checks(config, redisConversation(config)),
    redisServers: members(PORT.redis, " check"),
    retryOn: haproxy.retryOn.length === 0 ? "" : `retry-on ${haproxy.retryOn.join(" ")}`,
    retryWrites: haproxy.retryWrites ? "" : "http-request disable-l7-retry if !METH_GET",
    appChecks: haproxy.healthChecks ? checks(config, appConversation(config)) : "",
    appHeader: haproxy.replicaHeader ? replicaHeader(slots) : "",
    appServers: slots.map((slot) => appServer(slot, haproxy.healthChecks)).join("\n"),
  });
}

/** The part of one row of `show stat` (HAProxy's management guide, 9.1) that is read. */
export interface ServerRow {
  readonly backend: string;
  readonly server: string;
  /** UP, DOWN, MAINT, DRAIN, "UP 1/2", "no check" ... */
  readonly status: string;
  readonly sessions: number;
}

/** Parses the CSV of `show stat`: the first line names the columns after "# ". */
export function parseStatistics(text: string): ServerRow[] {
  const [head = "", ...lines] = text.trim().split("\n");
  const columns = head.replace(/^# /, "").split(",");
  const column = (cells: readonly string[], name: string) => cells[columns.indexOf(name)] ?? "";
  return lines
    .map((line) => line.split(","))
    .filter((cells) => !["FRONTEND", "BACKEND", ""].includes(column(cells, "svname")))
    .map((cells) => ({
      backend: column(cells, "pxname"),
      server: column(cells, "svname"),
      status: column(cells, "status"),
      sessions: Number(column(cells, "scur")),
    }));
}

export function isUp(row: ServerRow): boolean {
  return row.status.startsWith("UP") || row.status === "no check";
}

function checks(config: LabConfig, conversation: readonly string[]): string {
  const { haproxy } = config;
  const down = haproxy.shutdownSessionsOnDown ? " on-marked-down shutdown-sessions" : "";
  const interval = `inter ${haproxy.interval}ms fastinter ${haproxy.fastInterval}ms downinter ${haproxy.interval}ms`;
  return [...conversation, `default-server ${interval} fall ${haproxy.fall} rise ${haproxy.rise}${down}`].join("\n  ");
}

/**
 * Returns the check that finds the Redis master. Where writes need replicas, a master without them is not used: one that returns
 * from behind a cut reports itself as master for some 10 s, until a Sentinel makes it a replica, and clients that read there
 * would get stale data.
 */
function redisConversation({ redis }: LabConfig): string[] {
  const least = redis.minReplicasMaxLag === 0 ? 0 : redis.minReplicasToWrite; // without a lag limit, Redis counts no good replicas
  return [
    "option tcp-check",
    "tcp-check connect",
    "tcp-check send info\\ replication\\r\\n",
    least === 0
      ? "tcp-check expect string role:master"
      : `tcp-check expect rstring role:master[^!]*min_slaves_good_slaves:[${least}-9]`,
    "tcp-check send QUIT\\r\\n",
    "tcp-check expect string +OK",
  ];
}

function appConversation({ app }: LabConfig): string[] {
  return [
    "option httpchk",
    // The same host as in our own checks: frameworks refuse hosts that they do not know, and all of them know this one.
    `http-check send meth GET uri ${app.readiness.path} hdr host localhost`,
    `http-check expect status ${app.readiness.status}`,
    `timeout check ${app.readiness.timeout}ms`,
  ];
}

/** Returns the rules that let a client know and choose its replica. A chosen one that is down is ignored, and others serve. */
function replicaHeader(slots: readonly Slot[]): string {
  const chosen = slots.map(({ name }) => `  use-server ${name} if { req.hdr(x-gameday-replica) -m str ${name} }`);
  return ["  http-response set-header x-gameday-replica %s", ...chosen].join("\n");
}

function members(port: number, check: string): string {
  return NODES.map((node) => `  server ${node} ${addressOf(node)}:${port}${check}`).join("\n");
}

function appServer(slot: Slot & { state: SlotState }, checked: boolean): string {
  const address = `${addressOf(slot.node)}:${slot.port}`;
  return `  server ${slot.name} ${address}${checked ? " check" : ""}${slot.state === "ready" ? "" : " disabled"}`;
}
