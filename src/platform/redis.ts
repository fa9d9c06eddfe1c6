/** What Redis and its Sentinels answer, which the lab and Kubernetes read alike. Pure. */

/** What INFO replication says about one Redis. */
export interface ReplicationInfo {
  /** master or slave; empty when the text names none. */
  readonly role: string;
  /** The address of its master; empty for a master. */
  readonly masterHost: string;
  readonly linkUp: boolean;
  readonly onlineReplicas: number;
}

/** Parses the text of INFO replication. */
export function parseReplicationInfo(info: string): ReplicationInfo {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1] ?? "";
  const role = field("role");
  return {
    role: role === "replica" ? "slave" : role, // Dragonfly's word for the same
    masterHost: field("master_host"),
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
