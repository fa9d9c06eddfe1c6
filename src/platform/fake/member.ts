/** A member of a store, what state it can be in, and what it is asked and answers. */
/**
 * up: serves. down: its process is gone, connections are refused. frozen and cut: connections hang. isolated: clients
 * reach it, its peers and the elector do not. full: writes fail, reads work.
 */
export type Condition = "up" | "down" | "frozen" | "cut" | "isolated" | "full";

export interface Member {
  readonly id: string;
  readonly node: string;
  condition: Condition;
  /** Counts its processes: one that was killed is gone, also when another has been started since. */
  life: number;
  role: "leader" | "sync" | "replica" | "none";
}

/** What a store tells the app of one write. hang: nothing soon, and perhaps nothing ever. */
export type StoreAnswer = "ok" | "already" | "error" | "hang";

/** Told of each change of a member's role. */
export type RoleWatcher = (member: Member, was: Member["role"]) => void;

export interface WriteOptions {
  /** An entry of the same object and id makes the write a no-op that is answered "already". */
  readonly idempotent: boolean;
  /** Ask this member whatever its role is (a pool that is pinned, a client inside a cut node); null: the leader. */
  readonly member: Member | null;
  /** The client is on the same side of a cut as the member. */
  readonly inside: boolean;
}
