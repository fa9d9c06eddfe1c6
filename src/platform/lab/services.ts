/** The specification of every service of the lab, and where it runs. */
import { addressOf, diskOf, FOLDER, NODES, type NodeName, PATH, PORT, SWITCH_ADDRESS } from "./addresses.ts";
import type { ServiceSpec } from "./agent/protocol.ts";
import type { Slot } from "./app.ts";
import type { LabConfig } from "./config.ts";
import { HAPROXY_FILE } from "./haproxy.ts";
import type { SystemUser } from "./programs.ts";
import { redisCommand } from "./redis.ts";

/** The users that the services run as; none of them is root. */
export interface ServiceUsers {
  readonly postgres: SystemUser;
  readonly redis: SystemUser;
  readonly haproxy: SystemUser;
  readonly etcd: SystemUser;
  readonly app: SystemUser;
}

const BASE = { PATH, LANG: "C.UTF-8", HOME: "/tmp" };
const RESTART = { minMs: 500, maxMs: 10_000 };

export const DATABASE_URL = `postgres://app:app@${SWITCH_ADDRESS}:${PORT.postgresLeader}/app`;
export const REDIS_URL = `redis://${SWITCH_ADDRESS}:${PORT.redisMaster}`;

export function patroniService(node: NodeName, users: ServiceUsers): ServiceSpec {
  return {
    ...ordinary("postgres", node, users.postgres),
    argv: [`${FOLDER.patroni}/bin/python3`, "-m", "patroni", `${diskOf(node)}/patroni.yml`],
    env: { ...BASE, PYTHONUNBUFFERED: "1", PYTHONDONTWRITEBYTECODE: "1" },
    ownsUser: true,
  };
}

export function redisService(node: NodeName, users: ServiceUsers): ServiceSpec {
  return { ...ordinary("redis", node, users.redis), argv: redisCommand(node) };
}

export function sentinelService(node: NodeName, users: ServiceUsers): ServiceSpec {
  return {
    ...ordinary("sentinel", node, users.redis),
    argv: ["redis-sentinel", `${diskOf(node)}/sentinel/sentinel.conf`],
  };
}

export function haproxyService(users: ServiceUsers): ServiceSpec {
  return { ...ordinary("haproxy", "switch", users.haproxy), argv: ["haproxy", "-db", "-f", HAPROXY_FILE], inherit: 3 };
}

export function etcdService(config: LabConfig, place: NodeName | "switch", users: ServiceUsers): ServiceSpec {
  const address = place === "switch" ? SWITCH_ADDRESS : addressOf(place);
  const members = config.etcd === 1 ? [["switch", SWITCH_ADDRESS]] : NODES.map((node) => [node, addressOf(node)]);
  const flags = {
    name: place,
    "data-dir": place === "switch" ? `${FOLDER.etcd}/data` : `${diskOf(place)}/etcd/data`,
    "listen-peer-urls": `http://${address}:${PORT.etcdPeer}`,
    "initial-advertise-peer-urls": `http://${address}:${PORT.etcdPeer}`,
    "listen-client-urls": `http://${address}:${PORT.etcdClient},http://127.0.0.1:${PORT.etcdClient}`,
    "advertise-client-urls": `http://${address}:${PORT.etcdClient}`,
    "initial-cluster": members.map(([name, at]) => `${name}=http://${at}:${PORT.etcdPeer}`).join(","),
    "heartbeat-interval": "100",
    "election-timeout": "1000",
    "log-level": "warn",
  };
  const argv = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
  return { ...ordinary("etcd", place, users.etcd), argv: ["etcd", ...argv] };
}

/** Returns the service that resolves the lab's names, so that an app may depend on DNS and a fault may break it. */
export function resolverService(): ServiceSpec {
  const names = {
    "postgres.lab": SWITCH_ADDRESS,
    "redis.lab": SWITCH_ADDRESS,
    "switch.lab": SWITCH_ADDRESS,
    ...Object.fromEntries(NODES.map((node) => [`${node}.lab`, addressOf(node)])),
  };
  const records = Object.entries(names).map(([name, address]) => `${name}=${address}`);
  return {
    ...ordinary("resolver", "switch", { uid: 0, gid: 0 }), // port 53 requires root
    argv: [`${FOLDER.patroni}/bin/python3`, `${FOLDER.gameday}/lab/resolver.py`, SWITCH_ADDRESS, ...records],
    env: { ...BASE, PYTHONUNBUFFERED: "1", PYTHONDONTWRITEBYTECODE: "1" },
  };
}

export function appEnvironment(config: LabConfig): Record<string, string> {
  return { ...BASE, DATABASE_URL, REDIS_URL, ...config.app.env };
}

export function replicaService(config: LabConfig, slot: Slot, users: ServiceUsers): ServiceSpec {
  return {
    ...ordinary(`app/${slot.name}`, slot.node, users.app),
    argv: config.app.command,
    env: { ...appEnvironment(config), PORT: String(slot.port), REPLICA: slot.name, HOST: "0.0.0.0" },
    cwd: FOLDER.app,
    log: `${FOLDER.log}/app-${slot.name}.log`,
  };
}

function ordinary(name: string, place: string, user: SystemUser) {
  const log = `${FOLDER.log}/${name}-${place}.log`;
  return { name, env: BASE, cwd: "/", ...user, log, restart: RESTART, ownsUser: false };
}
