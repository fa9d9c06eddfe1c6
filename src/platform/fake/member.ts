/** A member of a store, the conditions it can be in, the requests to it and its answers. */
/**
 * up: serves. down: its process is gone, connections are refused. frozen and cut: connections hang. isolated: clients reach it,
 * its peers and the elector do not. full: writes fail, reads work.
 */
export type MemberCondition = "up" | "down" | "frozen" | "cut" | "isolated" | "full";

export interface FakeMember {
  readonly id: string;
  readonly node: string;
  condition: MemberCondition;
  /** Counts the member's processes: one that was killed is gone even when another has been started since. */
  life: number;
  role: "leader" | "sync" | "replica" | "none";
}

/** A store's answer to the app about one write. hang: no answer soon, and perhaps never. */
export type StoreAnswer = "ok" | "already" | "error" | "hang";

/** Called with each change of a member's role. */
export type RoleWatcher = (member: FakeMember, was: FakeMember["role"]) => void;

export interface WriteOptions {
  /** An entry of the same object and id makes the write a no-op, and the answer is "already". */
  readonly idempotent: boolean;
  /**
   * Send the write to this member whatever its role is (a pool that is pinned, a client inside a cut node); null: to the leader.
   */
  readonly member: FakeMember | null;
  /** The client is on the same side of a cut as the member. */
  readonly inside: boolean;
}
