/**
 * Suggests likely causes of a missed objective, so that people know where to look first: a fixed table, without the causes that
 * the evidence excludes. For example, replication is not a likely cause if no store was hit, or if the lost writes were
 * acknowledged while there was no leader.
 */
import type { Objective } from "../plan.ts";
import { type Circumstances, circumstancesOf } from "./circumstances.ts";
import type { Facts } from "./facts.ts";

interface Cause {
  readonly measure: RegExp;
  readonly says: string;
  /** Returns whether the evidence leaves this cause open. */
  fits(seen: Circumstances): boolean;
}

const RECOVERY = /^recovery-seconds$/;
const LOSS = /^(lost-writes|rpo-seconds)$/;

/** The causes in the order in which they are listed for the reader. */
const CAUSES: readonly Cause[] = [
  {
    measure: RECOVERY,
    says: "failure detection is slow: ttl and loop_wait of the cluster manager, down-after of the sentinels, and interval x fall of the proxy's checks add up",
    fits: ({ storeHit }) => storeHit,
  },
  {
    measure: RECOVERY,
    says: "a connection pool or a cached address still points at the old leader (kept connections fail while fresh ones work)",
    fits: ({ storeHit, keptIsSlower }) => storeHit && keptIsSlower,
  },
  {
    measure: RECOVERY,
    says: "no standby could be promoted: the synchronous standby was missing, or there was no quorum",
    fits: ({ storeHit, leaderChanged }) => storeHit && !leaderChanged,
  },
  {
    measure: RECOVERY,
    says: "the app starts slowly, its readiness check reports the wrong time, or the proxy notices a dead replica late",
    fits: ({ othersHit }) => othersHit,
  },
  {
    measure: LOSS,
    says: "asynchronous replication: the leader acknowledged before a standby had the write",
    fits: ({ storeHit, lostWithoutLeader }) => storeHit && !lostWithoutLeader,
  },
  {
    measure: LOSS,
    says: "clients on the minority side of a partition were still answered by the old leader",
    fits: ({ storeHit, partitioned, lostWithoutLeader }) => storeHit && partitioned && !lostWithoutLeader,
  },
  {
    measure: LOSS,
    says: "the store acknowledges before its log is on disk, and its machine was lost",
    fits: ({ powerLost }) => powerLost,
  },
  {
    measure: LOSS,
    says: "the app answers before its transaction has committed, or keeps acknowledged data in a process that died",
    fits: () => true,
  },
  {
    measure: LOSS,
    says: "something else removes or overwrites rows, or the ledger does not show them all",
    fits: ({ anyFault }) => !anyFault,
  },
  {
    measure: /^duplicated-writes$/,
    says: "the app or a proxy repeats writes without an idempotency key",
    fits: () => true,
  },
];

export function likelyCauses(objective: Objective, facts: Facts): readonly string[] {
  const own = CAUSES.filter(({ measure }) => measure.test(objective.measure));
  if (own.length === 0) return [];
  const seen = circumstancesOf(objective, facts);
  return own.filter((cause) => cause.fits(seen)).map(({ says }) => says);
}
