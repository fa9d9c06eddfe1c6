/** Rows that are played with real parts: broken settings of the lab, and broken variants of the shop (shop/). */
import type { Json } from "../../src/std/json.ts";
import type { Expectation, LabRow } from "./row.ts";

interface Given extends Partial<Pick<LabRow, "sections" | "variant" | "experiments" | "objectives" | "more" | "kind">> {
  readonly says: string;
  readonly expected: Expectation | null;
}

type Part = Readonly<Record<string, Json>>;

const fault = (name: string, kind: string, target: Json, hold: string, more: { [key: string]: Json } = {}): Part => ({
  name,
  fault: kind,
  target,
  hold,
  settle: "3s",
  ...more,
});

const databaseDies = fault("database dies", "kill-leader", { role: "postgres" }, "20s");
const replicasDie = fault("replicas die", "kill-replicas", { role: "app", count: 2 }, "20s");
const drained = fault("node drained", "drain-node", { role: "node", count: 1 }, "20s");

/** A recovery objective: id "recovers", as all lab rows have one experiment. */
const recovers = (experiment: Part, under: number, over: { [key: string]: Json } = {}): Part => ({
  id: "recovers",
  says: `users are served again within ${under} s of "${experiment["name"]}"`,
  measure: "recovery-seconds",
  over: { experiment: experiment["name"] ?? "", ...over },
  under,
});
const nothingLost: Part = {
  id: "nothing lost",
  says: "no acknowledged write is lost",
  measure: "lost-writes",
  atMost: 0,
};

function row(
  name: string,
  {
    sections = {},
    variant = null,
    experiments = [databaseDies],
    objectives = [nothingLost],
    kind = "mutant",
    ...rest
  }: Given,
): LabRow {
  return { name: `lab ${name}`, kind, platform: "lab", sections, variant, experiments, objectives, ...rest };
}

function line(
  finding: string,
  status: Expectation["status"],
  witness: string,
  also: readonly string[] = [],
): Expectation {
  return { finding, status, witness, also };
}

const ABSENT = "absent from read";
const LOSS = ["objectives/nothing lost"];
const carts = "findings/acked-set/carts";

const SHOP_VARIANTS: readonly LabRow[] = [
  row("early 201", {
    says: "app answers 201 before commit: lost when a replica dies",
    variant: "early-201",
    experiments: [replicasDie],
    expected: line("findings/acked-set/orders", "fail", ABSENT, LOSS),
  }),
  row("pinned pool", {
    says: "pool pinned to the demoted leader: writes fail for ever, reads and health green",
    variant: "pinned-pool",
    expected: line("findings/users-recover/database dies", "fail", "order-write"),
  }),
  row("leader address cached", {
    says: "the leader's address is looked up once: outage until the replica restarts",
    variant: "leader-cached",
    expected: line("findings/users-recover/database dies", "fail", "order-write"),
  }),
  row("sessions in memory", {
    says: "sessions kept in process memory: users logged out after a replica kill",
    variant: "sessions-in-memory",
    experiments: [replicasDie],
    expected: line(carts, "fail", ABSENT, LOSS),
  }),
  row("no idempotency", {
    says: "the proxy sends a POST again and the app has no idempotency key: two rows",
    variant: "no-idempotency",
    sections: {
      haproxy: { retryWrites: true, retryOn: ["conn-failure", "empty-response", "response-timeout", "500", "503"] },
    },
    experiments: [fault("a replica freezes", "freeze", { role: "app", count: 1 }, "12s")],
    expected: line("findings/duplicates/orders", "fail", "/"),
  }),
  row("readiness always true", {
    says: "readiness always true: 5xx after each replica start",
    variant: "always-ready",
    experiments: [replicasDie],
    objectives: [recovers(replicasDie, 2)],
    expected: line("objectives/recovers", "fail", "after the bite"),
  }),
  row("errors in 200", {
    says: "errors hidden in 200: what was answered ok is not there",
    variant: "errors-in-200",
    expected: line("findings/acked-set/orders", "fail", ABSENT, LOSS),
  }),
  row("retry storm", {
    says: "retry storm after recovery: a second outage",
    variant: "retry-storm",
    objectives: [recovers(databaseDies, 15)],
    expected: line("objectives/recovers", "fail", "after the bite"),
  }),
];

const leaderFrozen = fault("leader frozen", "freeze", { role: "postgres", leader: true }, "25s");
const diskFull = fault("disk full", "disk-full", { role: "postgres", leader: true }, "20s");
const masterNodeOff = fault("master's node off", "power-off-node", { role: "redis", leader: true }, "20s");
const masterCut = fault("master cut off", "partition-node", { role: "redis", leader: true }, "15s");
const leaderCut = fault("leader cut off", "partition-node", { role: "postgres", leader: true }, "20s");
const slowPatroni = { ttl: "60s", loopWait: "10s", retryTimeout: "10s" };

const SETTINGS: readonly LabRow[] = [
  row("frozen leader", {
    says: "a frozen leader behind a lock of a minute: nobody takes over while it is frozen",
    sections: { postgres: slowPatroni },
    experiments: [leaderFrozen],
    objectives: [recovers(leaderFrozen, 15, { class: "order-write" })],
    expected: line("objectives/recovers", "fail", "after the bite"),
  }),
  row("no health checks", {
    says: "proxy without health checks: part of all requests fail while replicas are down",
    sections: { haproxy: { healthChecks: false, redispatch: false, retries: 0 } },
    experiments: [replicasDie],
    objectives: [recovers(replicasDie, 1)],
    expected: line("objectives/recovers", "fail", "after the bite"),
  }),
  row("stuck quorum", {
    says: "Sentinel quorum of three, one lost with the master's node: no failover",
    sections: { redis: { quorum: 3 } },
    experiments: [masterNodeOff],
    objectives: [recovers(masterNodeOff, 15, { class: "session-write" })],
    expected: line("objectives/recovers", "fail", "after the bite"),
  }),
  row("one replica", {
    says: "one replica: total outage on drain",
    sections: { app: { replicas: 1 } },
    experiments: [fault("node drained", "drain-node", { role: "app" }, "20s")],
    objectives: [recovers(drained, 0.5, { class: "read" })],
    expected: line("objectives/recovers", "fail", "after the bite"),
  }),
  row("drain blocked", {
    says: "disruption budget 0: the drain never ends",
    sections: { app: { maxUnavailable: 0 } },
    experiments: [fault("node drained", "drain-node", { role: "app", count: 1 }, "10s", { with: { within: "10s" } })],
    objectives: [nothingLost],
    expected: line("validity/faults-bit", "unknown", "node/", [
      "validity/run-complete",
      "findings/users-recover/node drained",
    ]),
  }),
  row("disk full", {
    says: "disk full on the leader: writes fail, reads fine, no recovery while it lasts",
    experiments: [diskFull],
    objectives: [recovers(diskFull, 10, { class: "order-write" })],
    expected: line("objectives/recovers", "fail", "after the bite"),
  }),
  row("stock failover", {
    says: "Patroni's default times behind a promise of 15 s",
    sections: { postgres: { ttl: "30s", loopWait: "10s", retryTimeout: "10s" } },
    experiments: [{ ...leaderCut, hold: "50s" }],
    objectives: [recovers(leaderCut, 15, { class: "order-write" })],
    expected: line("objectives/recovers", "fail", "after the bite"),
  }),
  row("unprotected Redis", {
    says: "min-replicas-to-write 0 and no WAIT, clients on the master's side of the cut",
    variant: "no-wait",
    sections: { redis: { minReplicasToWrite: 0 } },
    experiments: [masterCut],
    expected: line(carts, "fail", ABSENT, LOSS),
  }),
  row("asynchronous, leader cut off", {
    says: "asynchronous replication, clients on the leader's side of the cut",
    sections: { postgres: { synchronous: false } },
    experiments: [leaderCut],
    expected: line("findings/acked-set/orders", "fail", ABSENT, LOSS),
  }),
];

const HEALTHY: readonly LabRow[] = [
  row("healthy, database dies", {
    kind: "healthy",
    says: "the shop as it is, through the death of the database leader",
    objectives: [nothingLost, recovers(databaseDies, 30)],
    expected: null,
  }),
  row("healthy, leader cut off", {
    kind: "healthy",
    says: "synchronous replication, the leader's node cut off: writes that hung and never committed",
    experiments: [leaderCut],
    objectives: [nothingLost, recovers(leaderCut, 30)],
    expected: null,
  }),
];

export const LAB_ROWS: readonly LabRow[] = [...SHOP_VARIANTS, ...SETTINGS, ...HEALTHY];
