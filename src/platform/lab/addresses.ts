/** Where everything is inside the lab: names, addresses, ports and folders. Pure. */

export const NODES = ["n1", "n2", "n3"] as const;
export type NodeName = (typeof NODES)[number];

/** The address of the switch that joins the nodes. HAProxy and etcd run on it, outside all nodes. */
export const SWITCH_ADDRESS = "10.88.0.254";
export const PREFIX_LENGTH = 24;

export const PORT = {
  postgres: 5432,
  patroni: 8008,
  redis: 6379,
  sentinel: 26379,
  etcdClient: 2379,
  etcdPeer: 2380,
  /** HAProxy's ports on the switch. */
  postgresLeader: 5000,
  redisMaster: 6000,
  app: 8000,
  /** The app of a client on a node itself. */
  inside: 8090,
  /** The base of the ports of the app's replicas; slot k of a node listens on the base + k. */
  appBase: 8100,
} as const;

/** Everything of ours is under one tmpfs that only the lab's mount namespace has. */
export const FOLDER = {
  root: "/srv",
  app: "/srv/app",
  bin: "/srv/bin",
  node: "/srv/bin/node",
  patroni: "/srv/patroni",
  gameday: "/srv/gameday",
  log: "/srv/log",
  haproxy: "/srv/haproxy",
  etcd: "/srv/etcd",
} as const;

/** The nodes' /etc/resolv.conf. */
export const RESOLVER_FILE = `${FOLDER.root}/resolv.conf`;

export const PATH = `${FOLDER.bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;

/** Returns the address of a node: "10.88.0.1" for "n1". */
export function addressOf(node: NodeName): string {
  return `10.88.0.${numberOf(node)}`;
}

/** Returns the number of a node: 1 for "n1". */
export function numberOf(node: NodeName): number {
  return NODES.indexOf(node) + 1;
}

/** Returns the node at an address: "n1" for "10.88.0.1"; undefined for an address that is not a node's. */
export function nodeAt(address: string): NodeName | undefined {
  return NODES.find((node) => addressOf(node) === address);
}

/** Returns the folder of a node's disk: a tmpfs of the lab, not of the node, so that it outlives the node. */
export function diskOf(node: NodeName): string {
  return `${FOLDER.root}/disk/${node}`;
}

/** Returns the name of the lab's end of a node's cable. */
export function cableOf(node: NodeName): string {
  return `v${numberOf(node)}`;
}

export function agentSocketOf(place: NodeName | "switch"): string {
  return place === "switch" ? `${FOLDER.root}/agent.sock` : `${diskOf(place)}/agent.sock`;
}

export function isNode(name: string): name is NodeName {
  return (NODES as readonly string[]).includes(name);
}
