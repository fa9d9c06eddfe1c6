/** Broken variants of the shop (shop/) on a sound lab. */
import {
  A_MINUTE,
  ABSENT,
  databaseDies,
  followersCut,
  LOSS,
  late,
  noLeak,
  nothingTwice,
  PRICES_SCENARIO,
  recovers,
  replicaFrozen,
  replicasDie,
  row,
  TILL_SCENARIO,
} from "./lab-row.ts";
import { type LabRow, line } from "./row.ts";

/** The proxy resends a write that a replica did not answer within a second. */
export const RETRYING_PROXY = {
  haproxy: {
    retryWrites: true,
    serverTimeout: "1s",
    shutdownSessionsOnDown: false,
    retryOn: ["conn-failure", "empty-response", "response-timeout"],
  },
};

export const BROKEN_SHOPS: readonly LabRow[] = [
  row("early 201", {
    says: "app answers 201 before commit: lost when a replica dies",
    variant: "early-201",
    experiments: [replicasDie],
    expected: line("findings/acked-set/orders", "fail", ABSENT, LOSS),
  }),
  row("pinned pool", {
    says: "pool pinned to the demoted leader: writes fail for ever, reads and health green",
    variant: "pinned-pool",
    experiments: [{ ...databaseDies, recoverWithin: "6s" }],
    expected: line("findings/users-recover/database dies", "fail", "order-write"),
  }),
  row("leader address cached", {
    says: "the leader's address is looked up once: outage until the replica restarts",
    variant: "leader-cached",
    claims: ["orders by SQL"],
    experiments: [{ ...databaseDies, recoverWithin: "6s" }],
    expected: line("findings/users-recover/database dies", "fail", "order-write", [
      "findings/redundancy-restored/database dies",
      "findings/redundancy-restored/run",
      "validity/run-complete",
    ]),
  }),
  row("sessions in memory", {
    says: "sessions kept in process memory: users logged out after a replica kill",
    variant: "sessions-in-memory",
    experiments: [replicasDie],
    claims: ["orders", "sessions"],
    expected: line("findings/acked-set/sessions", "fail", ABSENT, [...LOSS, "findings/duplicates/sessions"]),
  }),
  row("no idempotency", {
    says: "the proxy sends a POST again and the app has no idempotency key: two rows",
    variant: "no-idempotency",
    sections: RETRYING_PROXY,
    experiments: [replicaFrozen],
    objectives: [nothingTwice],
    expected: line("findings/duplicates/orders", "fail", "rows", ["objectives/nothing twice"]),
  }),
  row("readiness always true", {
    says: "readiness always true: 5xx after each replica start",
    variant: "always-ready",
    experiments: [replicasDie],
    objectives: [recovers(replicasDie, 2)],
    expected: late,
  }),
  row("errors in 200", {
    says: "errors hidden in 200: what was answered ok is not there",
    variant: "errors-in-200",
    expected: line("findings/acked-set/orders", "fail", ABSENT, LOSS),
  }),
  row("stale cache", {
    says: "cache never invalidated: another replica's price is never seen",
    variant: "stale-cache",
    scenarios: [PRICES_SCENARIO],
    experiments: [replicasDie],
    claims: ["prices"],
    objectives: [recovers(replicasDie, 2)],
    expected: line("findings/read-your-writes/prices", "fail", "was acknowledged", [
      "findings/linearizable/prices",
      "findings/staleness/prices",
    ]),
  }),
  row("till without a lock", {
    says: "counter by read-modify-write without a lock: value < sum(ok)",
    variant: "till-without-lock",
    scenarios: [TILL_SCENARIO],
    experiments: [replicasDie],
    claims: ["tills"],
    objectives: [recovers(replicasDie, 2)],
    expected: line("findings/counter-bounds/tills", "fail", "till/1"),
  }),
  row("slow leak", {
    says: "slow leak: memory grows with each order",
    variant: "slow-leak",
    experiments: [],
    claims: ["orders"],
    objectives: [noLeak],
    more: A_MINUTE,
    expected: line("objectives/no leak", "fail", "memory/app"),
  }),
  row("never rejoins", {
    says: "replica never rejoins after a partition: redundancy lost silently",
    variant: "never-rejoins",
    experiments: [{ ...followersCut, recoverWithin: "6s" }],
    // The cut lasts as long as PostgreSQL needs to give up a synchronous standby, so users may wait for the tool's healing.
    expected: line("findings/redundancy-restored/followers cut off", "fail", "app replicas", [
      "findings/users-recover/followers cut off",
      "findings/redundancy-restored/run",
      "validity/run-complete",
    ]),
  }),
];
