/** The unchanged shop on a lab with broken settings. */
import type { Json } from "../../src/std/json.ts";
import {
  ABSENT,
  diskFull,
  LOSS,
  late,
  lateUntilHealed,
  leaderCut,
  leaderFrozen,
  leaderNodeOff,
  masterCut,
  masterNodeOff,
  nodeDrained,
  nothingLost,
  type Part,
  recovers,
  replicasDie,
  row,
} from "./lab-row.ts";
import { type LabRow, line } from "./row.ts";

/** A lock that far outlives its holder. The other settings are as usual, so that the lab boots as fast. */
const LONG_LOCK = { ttl: "60s", loopWait: "2s", retryTimeout: "3s" };
/** Patroni's default lock with the lab's own quick loop, because with the default of 10 s it would take half a minute to boot. */
const DEFAULT_LOCK = { ttl: "30s", loopWait: "2s", retryTimeout: "5s" };
/** A commit is acknowledged seconds before it is flushed, and only flushed data is sent to a standby. */
const LAZY_COMMIT = { synchronous_commit: "off", wal_writer_delay: "5s", wal_writer_flush_after: "1GB" };
const ASYNCHRONOUS = { synchronous: false, parameters: LAZY_COMMIT, maximumLagOnFailoverBytes: 64 << 20 };

/** Needs far more than four replicas under the users and probes of a row. */
const CAPPED: { [key: string]: Json } = {
  cpuRequestMillicores: 10,
  autoscaler: {
    minReplicas: 3,
    maxReplicas: 4,
    metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } } }],
    behavior: { scaleDown: { stabilizationWindowSeconds: 0 } },
  },
};
const sixReady: Part = {
  id: "scales",
  says: "6 replicas are ready within 30 s of the load",
  measure: "replicas-ready-seconds",
  over: { replicas: "6" },
  under: 30,
};

export const BROKEN_SETTINGS: readonly LabRow[] = [
  row("frozen leader", {
    says: "a frozen leader behind a lock of a minute: nobody takes over while it is frozen",
    sections: { postgres: LONG_LOCK },
    experiments: [leaderFrozen],
    objectives: [recovers(leaderFrozen, 15, { class: "order-write" })],
    expected: lateUntilHealed(leaderFrozen),
  }),
  row("stock failover", {
    says: "Patroni's default lock of 30 s behind a promise of 12 s",
    sections: { postgres: DEFAULT_LOCK },
    experiments: [leaderCut],
    objectives: [recovers(leaderCut, 12, { class: "order-write" })],
    expected: lateUntilHealed(leaderCut),
  }),
  row("no health checks", {
    says: "proxy without health checks: part of all requests fail while replicas are down",
    sections: { haproxy: { healthChecks: false, redispatch: false, retries: 0 } },
    experiments: [replicasDie],
    objectives: [recovers(replicasDie, 0.5)],
    expected: late,
  }),
  row("stuck quorum", {
    says: "Sentinel quorum of three, one lost with the master's node: no failover",
    sections: { redis: { quorum: 3 } },
    experiments: [masterNodeOff],
    objectives: [recovers(masterNodeOff, 12, { class: "session-write" })],
    expected: lateUntilHealed(masterNodeOff),
  }),
  row("one replica", {
    says: "one replica: total outage on drain",
    sections: { app: { replicas: 1 } },
    experiments: [nodeDrained],
    objectives: [recovers(nodeDrained, 0.5, { class: "read" })],
    expected: late,
  }),
  row("drain blocked", {
    says: "disruption budget 0: the drain never ends",
    sections: { app: { maxUnavailable: 0 } },
    experiments: [{ ...nodeDrained, with: { within: "5s" } }],
    expected: line("validity/faults-bit", "unknown", "node/", [
      "validity/run-complete",
      "findings/users-recover/node drained",
      "findings/redundancy-restored/run",
    ]),
  }),
  row("disk full", {
    says: "disk full on the leader: writes fail, reads fine, no recovery while it lasts",
    experiments: [diskFull],
    objectives: [recovers(diskFull, 10, { class: "order-write" })],
    expected: late,
  }),
  row("unprotected Redis", {
    says: "min-replicas-to-write 0 and no WAIT, clients on the master's side of the cut",
    variant: "no-wait",
    sections: { redis: { minReplicasToWrite: 0 } },
    experiments: [masterCut],
    expected: line("findings/acked-set/carts", "fail", ABSENT, LOSS),
  }),
  row("asynchronous, leader cut off", {
    says: "asynchronous replication, clients on the leader's side of the cut",
    sections: { postgres: { synchronous: false } },
    experiments: [leaderCut],
    expected: line("findings/acked-set/orders", "fail", ABSENT, LOSS),
  }),
  row("asynchronous, leader's node off", {
    says: "asynchronous replication and commit: the leader's node is lost, a standby promoted",
    sections: { postgres: ASYNCHRONOUS },
    experiments: [leaderNodeOff],
    expected: line("findings/acked-set/orders", "fail", ABSENT, LOSS),
  }),
  row("autoscaler capped", {
    says: "autoscaler max 4 where 6 is promised",
    sections: { app: CAPPED },
    experiments: [],
    objectives: [nothingLost, sixReady],
    more: { autoscaling: { up: { replicas: 6, within: "35s" }, down: { replicas: 4 } } },
    expected: line("objectives/scales", "fail", "ScalingLimited"),
  }),
];
