/** What Patroni's `/cluster` says, which the lab and Kubernetes read alike. Pure. */
import { isRecord, type Json } from "../std/json.ts";

/** One member as `/cluster` lists it. */
export interface ClusterMember {
  readonly name: string;
  /** leader, sync_standby, quorum_standby, replica, standby_leader ... */
  readonly role: string;
  /** running, streaming, starting, stopped, crashed ... */
  readonly state: string;
  readonly timeline: number | null;
  /** Bytes behind the leader; null for the leader, or when Patroni does not know. */
  readonly lagBytes: number | null;
}

/** A standby that lags further behind than this does not have all writes except those in transit. */
const LAG_BYTES_MAX = 1_000_000;

/** Returns the members in the order of the answer; empty if it lists none. */
export function parseClusterMembers(body: Json): ClusterMember[] {
  const members = isRecord(body) && Array.isArray(body["members"]) ? body["members"] : [];
  return members.filter(isRecord).map(({ name, role, state, timeline, lag }) => ({
    name: String(name ?? ""),
    role: String(role ?? ""),
    state: String(state ?? ""),
    timeline: typeof timeline === "number" ? timeline : null,
    lagBytes: typeof lag === "number" ? lag : null,
  }));
}

/** Returns whether a member leads. "master" is the word of versions before 4.0. */
export function isLeader({ role }: Pick<ClusterMember, "role">): boolean {
  return role === "leader" || role === "master";
}

/** Returns whether a member is a standby that has all of the leader's writes except those in transit. */
export function isStreaming({ role, state, lagBytes }: Pick<ClusterMember, "role" | "state" | "lagBytes">): boolean {
  const streams = state === "streaming" || state === "running";
  return !isLeader({ role }) && streams && lagBytes !== null && lagBytes < LAG_BYTES_MAX;
}
