/** Healthy look-alikes on the fake: platforms that look broken and are not. None may be flagged. */
import type { Objective } from "../../src/plan.ts";
import { DRILLS, type DrillName } from "../simulator/drill.ts";
import { CLAIMS } from "../simulator/simulated-plan.ts";
import * as ask from "./objectives.ts";
import { type Expectation, type FakeRow, line } from "./row.ts";

interface Given extends Partial<Pick<FakeRow, "lies" | "changes" | "claims" | "options">> {
  readonly says: string;
  readonly drills?: readonly DrillName[];
  readonly objectives?: readonly Objective[];
  readonly expected?: Expectation;
}

function healthy(
  name: string,
  { lies = [], drills = ["kill-postgres-leader"], objectives = ask.usual(...drills), expected, ...rest }: Given,
): FakeRow {
  return { name, kind: "healthy", platform: "fake", lies, drills, objectives, expected: expected ?? null, ...rest };
}

const unknown = (finding: string, witness: string, also: readonly string[] = []): Expectation =>
  line(finding, "unknown", witness, also);

/** An honest platform through each experiment. */
const HONEST: readonly FakeRow[] = (Object.keys(DRILLS) as DrillName[]).map((drill) =>
  healthy(`honest through ${drill}`, { says: `an honest platform, ${drill}`, drills: [drill] }),
);

const SLOW_ANSWERS = [{ database: { acknowledgeMs: [30, 90] } }] as const;

const STALLED = ["objectives/recovers kill-postgres-leader", "objectives/no blips"];

const LOOK_ALIKES: readonly FakeRow[] = [
  healthy("timed-out-write-that-committed", {
    says: "writes whose answers got lost and that did commit; retries of the same id find one row",
    changes: SLOW_ANSWERS,
  }),
  healthy("timed-out-write-that-never-committed", {
    says: "writes that hung in a partition and never committed, on both sides of it",
    drills: ["cut-leader-node"],
  }),
  healthy("same-leader-back", {
    says: "the same leader back within 5 s without failover",
    drills: ["restart-leader"],
    changes: [{ database: { failoverMs: [4000, 5000] } }],
  }),
  healthy("drain-waits-for-its-budget", {
    says: "a drain that waits for its disruption budget and finishes",
    drills: ["drain-node"],
    changes: [{ app: { startMs: [6000, 9000] } }],
  }),
  healthy("final-read-from-lagging-copy", {
    says: "the first ledger read hit a copy that was behind: late, not lost",
    changes: [{ report: { firstReadLagMs: 15_000 } }],
  }),
  healthy("declared-replica-lag", {
    says: "reads from a copy within the lag that the plan declares",
    drills: ["kill-redis-leader"],
    changes: [{ app: { readsLagMs: 300 } }],
    claims: CLAIMS.flatMap((claim) => {
      if (claim.object === "profiles") return [];
      return claim.object === "prices"
        ? [{ ...claim, checkers: ["staleness"], options: { declaredLagMs: 500 } }]
        : [claim];
    }),
  }),
  healthy("deleted-by-the-scenario", {
    says: "orders that users themselves cancelled are not lost; values changed by a later write are not either",
    drills: ["kill-postgres-leader", "kill-replicas"],
    options: { warmUpMs: 30_000 },
  }),
  healthy("slow-only-inside-the-fault-window", {
    says: "p95 breached only inside an excluded fault window",
    drills: ["freeze-leader"],
  }),
  healthy("generator-stalled", {
    says: "our own generator stalled when the fault bit: unknown, not the platform's fault",
    lies: ["generator-stalled"],
    expected: unknown("validity/probes-gapless", "sent nothing", STALLED),
  }),
  healthy("generator-stalled-in-silence", {
    says: "our own generator stalled and did not notice: the missing beats tell",
    lies: ["generator-stalled-in-silence"],
    expected: unknown("validity/probes-gapless", "sent nothing", STALLED),
  }),
  healthy("generator-overloaded", {
    says: "our own generator is the bottleneck: latency is not the platform's",
    lies: ["generator-overloaded"],
    expected: unknown("validity/generator-healthy", "stalled", ["objectives/available", "objectives/quick"]),
  }),
  healthy("worker-lost", {
    says: "a load worker died with its last reports: its writes are unknown, never unexpected",
    lies: ["worker-lost"],
    expected: unknown("validity/load-kept-pace", "w0 was lost", ["objectives/available", "objectives/quick"]),
  }),
  healthy("injection-failed", {
    says: "a fault whose injection failed: error, neither pass nor fail",
    lies: ["injection-failed"],
    expected: unknown("validity/run-complete", "aborted", [
      "validity/faults-bit",
      "findings/users-recover/kill-postgres-leader",
      "objectives/recovers kill-postgres-leader",
      "objectives/whole after kill-postgres-leader",
    ]),
  }),
  healthy("no-write-before-the-fault", {
    says: "no write in the last second before the fault: its loss was not put to the test",
    lies: ["quiet-before-fault"],
    options: { probes: ["read"] },
    expected: unknown("findings/acked-set/orders", "last second", [
      "findings/acked-set/sessions",
      "objectives/nothing lost",
    ]),
  }),
];

const SCALED = { users: 40, thinkMs: [175, 290], warmUpMs: 5_000, calmMs: 2_000, probes: ["read"] } as const;
const QUICK_DOWN = [{ scaling: { stabilisationMs: 30_000 } }];

const SCALING: readonly FakeRow[] = [
  healthy("up-to-ten-and-back", {
    says: "the autoscaler goes from 3 to 10 and comes back",
    drills: [],
    changes: QUICK_DOWN,
    objectives: [
      ask.SCALING.up,
      ask.SCALING.down,
      ask.SCALING.steady,
      ask.SCALING.explained,
      ask.SCALING.capacity,
      ask.SCALING.quick,
    ],
    options: { ...SCALED, scaling: { upMs: 80_000, downMs: 70_000 } },
  }),
  healthy("nine-by-rounding-up", {
    says: "nine replicas by ceil and tolerance, where ten are allowed",
    drills: [],
    changes: QUICK_DOWN,
    objectives: [
      { ...ask.SCALING.up, says: "9 replicas are ready within 100 s of the load", over: { replicas: "9" } },
      ask.SCALING.explained,
      ask.SCALING.quick,
    ],
    options: { ...SCALED, users: 31, scaling: { upMs: 80_000, downMs: 70_000 } },
  }),
  healthy("scale-down-not-begun-yet", {
    says: "scale-down not begun before its window of 300 s: unknown, not failed",
    drills: [],
    objectives: [{ ...ask.SCALING.down, bound: { under: 600 } }],
    options: { ...SCALED, scaling: { upMs: 80_000, downMs: 40_000 } },
    expected: unknown("objectives/down", "not seen"),
  }),
];

export const FAKE_HEALTHY: readonly FakeRow[] = [...HONEST, ...LOOK_ALIKES, ...SCALING];
