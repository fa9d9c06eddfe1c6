/** Broken platforms on the fake: each must be flagged by the named line, with its proof. */

import type { Objective } from "../../src/plan.ts";
import type { DrillName } from "../simulator/drill.ts";
import * as ask from "./objectives.ts";
import { type Expectation, type FakeRow, line } from "./row.ts";

interface Given extends Partial<Pick<FakeRow, "changes" | "claims" | "options">> {
  readonly says: string;
  readonly lies?: readonly string[];
  readonly drills?: readonly DrillName[];
  readonly objectives?: readonly Objective[];
  readonly expected: Expectation;
}

/** Returns a mutant that is named after its lie and held to the usual objectives, unless the row differs. */
function mutant(
  name: string,
  { lies = [name], drills = ["kill-postgres-leader"], objectives = ask.usual(...drills), ...rest }: Given,
): FakeRow {
  return { name, kind: "mutant", platform: "fake", lies, drills, objectives, ...rest };
}

const LOST = "absent from read 1 and 2";
const STALE = [
  "findings/linearizable/prices",
  "findings/staleness/prices",
  "findings/read-your-writes/profiles",
  "findings/monotonic-reads/profiles",
];
/** A lost write is lost for every claim about the same store. */
const LOSS = [
  "objectives/nothing lost",
  "findings/acked-set/orders",
  "findings/counter-bounds/sold",
  "findings/linearizable/prices",
  "findings/staleness/prices",
  "findings/read-your-writes/profiles",
  "findings/monotonic-reads/profiles",
];

const DATA: readonly FakeRow[] = [
  mutant("drops-acknowledged-write", {
    says: "an app that answers 201 and now and then forgets to store",
    drills: ["restart-leader"],
    expected: line("findings/acked-set/orders", "fail", LOST, LOSS),
  }),
  mutant("async-replication", {
    says: "PostgreSQL asynchronous replication, leader killed and a standby promoted",
    expected: line("findings/acked-set/orders", "fail", LOST, [...LOSS, "findings/linearizable/prices"]),
  }),
  mutant("isolated-leader-acknowledges", {
    says: "synchronous but not strict: the leader cut off from its standbys goes on acknowledging",
    drills: ["isolate-leader"],
    expected: line("findings/acked-set/orders", "fail", LOST, [...LOSS, "findings/linearizable/prices"]),
  }),
  mutant("minority-side-acknowledges", {
    says: "clients inside the cut node are acknowledged by the old leader",
    lies: ["isolated-leader-acknowledges"],
    drills: ["cut-leader-node"],
    expected: line("findings/acked-set/orders", "fail", "simulated/w-n1/", [...LOSS, "findings/linearizable/prices"]),
  }),
  mutant("lagging-standby-promoted", {
    says: "lagging standby allowed to be promoted: loss span in seconds",
    objectives: [ask.pointWithin("kill-postgres-leader", 2)],
    expected: line("objectives/point kill-postgres-leader", "fail", "lost", LOSS),
  }),
  mutant("unprotected-redis", {
    says: "Sentinel with min-replicas-to-write 0, clients on the minority side of a partition",
    drills: ["cut-redis-node"],
    expected: line("findings/acked-set/sessions", "fail", "simulated/w-n2/", LOSS),
  }),
  mutant("split-brain", {
    says: "frozen leader keeps acknowledging after thaw",
    drills: ["freeze-leader"],
    expected: line("findings/acked-set/orders", "fail", LOST, [...LOSS, "findings/linearizable/prices"]),
  }),
  mutant("split-brain-seen-by-registers", {
    says: "frozen leader keeps acknowledging after thaw: the register is not linearizable",
    lies: ["split-brain"],
    drills: ["freeze-leader"],
    expected: line("findings/linearizable/prices", "fail", "fits no order", [...LOSS, "findings/acked-set/orders"]),
  }),
  mutant("early-201", {
    says: "app answers 201 before commit: acked ids absent after an app kill",
    drills: ["kill-replicas"],
    expected: line("findings/acked-set/orders", "fail", LOST, [
      ...LOSS,
      "findings/acked-set/sessions",
      "findings/linearizable/prices",
    ]),
  }),
  mutant("duplicate-on-retry", {
    says: "app retries without idempotency: one logical id, two rows, only around faults",
    expected: line("findings/duplicates/orders", "fail", "simulated/w0/", [
      "objectives/nothing twice",
      "objectives/quick",
    ]),
    options: { users: 60 },
  }),
  mutant("proxy-retries-writes", {
    says: "proxy retries POST",
    drills: ["kill-replicas"],
    expected: line("findings/duplicates/orders", "fail", "simulated/", [
      "objectives/nothing twice",
      "objectives/quick",
      ...LOSS,
    ]),
  }),
  mutant("stale-cache", {
    says: "cache never invalidated after failover: stale for ever",
    expected: line("findings/staleness/prices", "fail", "simulated/w0/", STALE),
  }),
  mutant("stale-reads", {
    says: "stale reads sold as read-your-writes: violations per session with lag",
    drills: ["kill-redis-leader"],
    expected: line("findings/read-your-writes/profiles", "fail", "was acknowledged", STALE),
  }),
  mutant("lost-counter-update", {
    says: "counter by read-modify-write without a lock: value < sum(ok)",
    drills: ["kill-redis-leader"],
    expected: line("findings/counter-bounds/sold", "fail", "sold"),
  }),
  mutant("sessions-in-memory", {
    says: "sessions kept in process memory: users logged out after a replica kill",
    drills: ["kill-replicas"],
    expected: line("findings/acked-set/sessions", "fail", LOST, LOSS),
  }),
  mutant("errors-inside-200", {
    says: "errors hidden in 200: what was answered ok is not there",
    expected: line("findings/acked-set/orders", "fail", LOST, [...LOSS, "findings/linearizable/prices"]),
  }),
];

const PINNED = ["objectives/recovers kill-postgres-leader", "objectives/available", "objectives/quick"];

const RECOVERY: readonly FakeRow[] = [
  mutant("recovers-late", {
    says: "a stock failover of 17 s behind a promise of 15 s",
    objectives: [ask.recovers("kill-postgres-leader", 15)],
    expected: line("objectives/recovers kill-postgres-leader", "fail", "is gone"),
  }),
  mutant("stuck-quorum", {
    says: "Sentinel quorum unreachable after a node loss: no failover, the outage ends only with our heal",
    drills: ["kill-redis-leader"],
    objectives: [ask.recovers("kill-redis-leader", 8)],
    expected: line("objectives/recovers kill-redis-leader", "fail", "is gone", [
      "findings/users-recover/kill-redis-leader",
    ]),
  }),
  mutant("pinned-pool", {
    says: "pool pinned to the demoted leader: writes fail for ever, reads and health green",
    expected: line("findings/users-recover/kill-postgres-leader", "fail", "order-write", PINNED),
  }),
  mutant("cached-leader-address", {
    says: "leader address cached for ever in one replica: outage until it restarts",
    expected: line("findings/users-recover/kill-postgres-leader", "fail", "order-write", PINNED),
  }),
  mutant("no-health-checks", {
    says: "proxy without health checks: part of all requests fail while replicas are down",
    drills: ["kill-replicas"],
    objectives: [ask.recovers("kill-replicas", 5)],
    expected: line("objectives/recovers kill-replicas", "fail", "after the bite"),
  }),
  mutant("readiness-always-true", {
    says: "readiness always true: 5xx after each replica start",
    drills: ["kill-replicas"],
    objectives: [ask.recovers("kill-replicas", 5)],
    expected: line("objectives/recovers kill-replicas", "fail", "after the bite"),
  }),
  mutant("one-replica", {
    says: "one replica: total outage on drain",
    drills: ["drain-node"],
    objectives: [ask.recovers("drain-node", 5)],
    expected: line("objectives/recovers drain-node", "fail", "after the bite"),
  }),
  mutant("all-replicas-on-one-node", {
    says: "all replicas on one node and no disruption budget: all evicted at once, outage during drain",
    drills: ["drain-node"],
    objectives: [ask.recovers("drain-node", 5)],
    expected: line("objectives/recovers drain-node", "fail", "after the bite"),
  }),
  mutant("drain-blocked", {
    says: "disruption budget with maxUnavailable 0: the drain never ends",
    drills: ["drain-node"],
    objectives: [ask.recovers("drain-node")],
    expected: line("validity/faults-bit", "unknown", "node/", ["objectives/recovers drain-node"]),
  }),
  mutant("replica-never-rejoins", {
    says: "replica never rejoins after a partition: redundancy lost silently",
    drills: ["cut-leader-node"],
    expected: line("objectives/whole after cut-leader-node", "fail", "postgres", [
      "validity/run-complete",
      "validity/faults-ended",
      "findings/redundancy-restored/cut-leader-node",
      "findings/redundancy-restored/run",
    ]),
  }),
  mutant("relapse", {
    says: "a recovery that does not last reopens the same outage",
    objectives: [ask.recovers("kill-postgres-leader", 10)],
    expected: line("objectives/recovers kill-postgres-leader", "fail", "after the bite"),
  }),
  mutant("retry-storm", {
    says: "retry storm after recovery: second outage, p95 stays high",
    objectives: [ask.recovers("kill-postgres-leader", 10), ask.quick],
    expected: line("objectives/recovers kill-postgres-leader", "fail", "after the bite", [
      "objectives/quick",
      "findings/users-recover/kill-postgres-leader",
    ]),
  }),
  mutant("many-short-blips", {
    says: "many blips shorter than a slow prober's period: the 20/s probe sees them",
    drills: ["kill-redis-leader"],
    expected: line("objectives/no blips", "fail", "order-write", [
      "findings/users-recover/kill-redis-leader",
      "objectives/recovers kill-redis-leader",
      "objectives/available",
    ]),
  }),
  mutant("slow-leak", {
    says: "slow leak: memory rises, p95 drifts under constant load",
    drills: ["kill-redis-leader"],
    objectives: [ask.noDrift],
    options: { warmUpMs: 60_000 },
    expected: line("objectives/no drift", "fail", "drifted"),
  }),
  mutant("slow-leak-of-memory", {
    says: "slow leak: slope of memory",
    lies: ["slow-leak"],
    drills: ["kill-redis-leader"],
    objectives: [ask.noLeak],
    expected: line("objectives/no leak", "fail", "memory/app"),
  }),
  mutant("disk-full-unnoticed", {
    says: "disk full on the leader: writes fail, reads fine, no recovery while it lasts",
    drills: ["fill-disk"],
    objectives: [ask.recovers("fill-disk", 10)],
    expected: line("objectives/recovers fill-disk", "fail", "after the bite", ["findings/users-recover/fill-disk"]),
  }),
  mutant("replica-crashes", {
    says: "an app that crashes by itself, outside all faults",
    objectives: [ask.noCrashes],
    expected: line("objectives/no crashes", "fail", "exit 1"),
  }),
];

const SCALED = {
  users: 40,
  thinkMs: [175, 290],
  warmUpMs: 5_000,
  calmMs: 2_000,
  probes: ["read"],
  scaling: { upMs: 80_000, downMs: 70_000 },
} as const;

function scaling(
  name: string,
  says: string,
  asked: Objective,
  expected: Expectation,
  more: Partial<Given> = {},
): FakeRow {
  const changes = [{ scaling: { stabilisationMs: 30_000 } }];
  return mutant(name, { says, drills: [], objectives: [asked], changes, options: SCALED, expected, ...more });
}

const AUTOSCALER: readonly FakeRow[] = [
  scaling(
    "autoscaler-cap",
    "autoscaler max 6 where 10 is promised: ScalingLimited, replicas never 10",
    ask.SCALING.up,
    line("objectives/up", "fail", '"ScalingLimited":true'),
  ),
  scaling(
    "autoscaler-blind",
    "autoscaler without metrics: ScalingActive false, no scaling",
    ask.SCALING.up,
    line("objectives/up", "fail", '"ScalingActive":false'),
  ),
  scaling(
    "target-above-saturation",
    "target above what saturates: p95 breached and no scale-up",
    ask.SCALING.quick,
    line("objectives/quick while scaling", "fail", "p95"),
    { options: { ...SCALED, users: 420, thinkMs: [500, 900] } },
  ),
  scaling(
    "flapping",
    "flapping scale-down: direction changes",
    ask.SCALING.steady,
    line("objectives/steady", "fail", "changed direction"),
  ),
  scaling(
    "pods-pending",
    "pods pending: desired 10, ready 5",
    ask.SCALING.up,
    line("objectives/up", "fail", "most ready: 5"),
  ),
  scaling(
    "slow-readiness",
    "slow readiness: scaled in number, not in capacity",
    ask.SCALING.capacity,
    line("objectives/capacity", "fail", "desired"),
  ),
];

const UNTESTED = [
  "findings/users-recover/kill-postgres-leader",
  "objectives/recovers kill-postgres-leader",
  "objectives/whole after kill-postgres-leader",
];

/** The lines that are left undecided when the platform was not whole before the run. */
const EVERYTHING = [
  ...UNTESTED,
  "findings/redundancy-restored/kill-postgres-leader",
  "findings/redundancy-restored/run",
  "objectives/nothing lost",
  "objectives/nothing twice",
  "objectives/available",
  "objectives/quick",
  "objectives/no blips",
  "objectives/no crashes",
];

const EVIDENCE: readonly FakeRow[] = [
  mutant("claims-fault-that-did-not-bite", {
    says: "the fault that never happened, whatever the injection reported",
    expected: line("validity/faults-bit", "unknown", "did not bite", UNTESTED),
  }),
  mutant("bite-without-witness", {
    says: "a bite that nobody saw from inside the target",
    expected: line("validity/faults-bit", "unknown", "not seen from inside", UNTESTED),
  }),
  mutant("members-missing", {
    says: "too few members before the run: steady state not met",
    expected: line("validity/healthy-before", "unknown", "postgres", EVERYTHING),
  }),
  mutant("unhealthy-before", {
    says: "too few replicas before the run",
    expected: line("validity/healthy-before", "unknown", "app-replicas", EVERYTHING),
  }),
  mutant("residue-left", {
    says: "a fault left behind",
    expected: line("validity/no-residue", "fail", "packet filter"),
  }),
  mutant("one-ledger-read", {
    says: "a ledger read only once proves nothing of loss",
    expected: line("validity/ledger-read", "unknown", "orders"),
  }),
  mutant("ledger-incomplete", {
    says: "a ledger whose pages stop half-way",
    expected: line("validity/ledger-read", "unknown", "half-way", [
      "findings/acked-set/orders",
      "findings/acked-set/sessions",
      "findings/duplicates/orders",
      ...LOSS,
      "objectives/nothing twice",
    ]),
  }),
  mutant("healing-not-seen", {
    says: "a fault whose end nobody saw",
    expected: line("validity/faults-ended", "unknown", "did not end"),
  }),
];

export const FAKE_MUTANTS: readonly FakeRow[] = [...DATA, ...RECOVERY, ...AUTOSCALER, ...EVIDENCE];
