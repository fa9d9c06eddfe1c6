/**
 * The experiments that a simulated run can include: each is a kind of fault of the catalogue, with the targets on the site and the
 * changes that the simulated conductor makes to them. The real conductor plays the kind itself.
 */

import { faultNamed } from "../../src/fault/catalogue.ts";
import type { ExperimentPlan } from "../../src/plan.ts";
import { NODES } from "../../src/platform/fake/site.ts";
import type { CapabilityName, Target } from "../../src/platform.ts";
import type { Json } from "../../src/std/json.ts";
import type { Random } from "../../src/std/random.ts";
import type { FaultTraits } from "../../src/timeline.ts";

export interface DrillChange {
  readonly capability: CapabilityName;
  readonly target: Target;
  readonly parameters: Readonly<Record<string, Json>>;
}

export interface Drill {
  readonly plan: ExperimentPlan;
  readonly traits: FaultTraits;
  /** Users' load also runs inside the target's node. */
  readonly clientsInside: boolean;
  changes(all: readonly Target[], random: Random): DrillChange[];
}

type Shape = Partial<ExperimentPlan> & Pick<ExperimentPlan, "fault" | "selector">;

const BOTH = { direction: "both", how: "drop" } as const;

function leaderOf(all: readonly Target[], role: string): Target[] {
  return all.filter((target) => target.role === role && target.leader);
}

function nodeOf(all: readonly Target[], target: Target | undefined): Target[] {
  return all.filter(({ role, node }) => role === "node" && node === target?.node);
}

function each(targets: readonly Target[], capability: CapabilityName, parameters: DrillChange["parameters"] = {}) {
  return targets.map((target) => ({ capability, target, parameters }));
}

function drill(name: string, shape: Shape, changes: Drill["changes"], clientsInside = false): Drill {
  const defaults = { parameters: {}, holdMs: 20_000, recoverWithinMs: 60_000, settleMs: 5_000 };
  return {
    plan: { name, ...defaults, ...shape },
    traits: faultNamed(shape.fault).traits,
    changes,
    clientsInside,
  };
}

const DATABASE_LEADER = { role: "postgres", leader: true };

export const DRILLS = {
  "kill-postgres-leader": drill("kill-postgres-leader", { fault: "kill-leader", selector: DATABASE_LEADER }, (all) =>
    each(leaderOf(all, "postgres"), "stop", { stayDown: true, signal: "KILL" }),
  ),
  "kill-redis-leader": drill(
    "kill-redis-leader",
    { fault: "kill-leader", selector: { role: "redis", leader: true }, holdMs: 12_000 },
    (all) => each(leaderOf(all, "redis"), "stop", { stayDown: true, signal: "KILL" }),
  ),
  "kill-replicas": drill(
    "kill-replicas",
    { fault: "kill-replicas", selector: { role: "app", count: 2 }, holdMs: 12_000 },
    (all, random) =>
      each(random.shuffle(all.filter(({ role }) => role === "app")).slice(0, 2), "stop", {
        stayDown: false,
        signal: "KILL",
      }),
  ),
  "drain-node": drill(
    "drain-node",
    { fault: "drain-node", selector: { role: "app", count: 1 }, holdMs: 30_000 },
    (all) => {
      const [replica] = all.filter(({ role }) => role === "app").slice(-1);
      return [...each(nodeOf(all, replica), "cordon"), ...each(nodeOf(all, replica), "evict", { graceMs: 500 })];
    },
  ),
  "cut-leader-node": drill(
    "cut-leader-node",
    { fault: "partition-node", selector: DATABASE_LEADER, holdMs: 25_000 },
    (all) => each(nodeOf(all, leaderOf(all, "postgres")[0]), "cut", { ...BOTH, peers: [] }),
    true,
  ),
  "isolate-leader": drill(
    "isolate-leader",
    { fault: "isolate-leader", selector: DATABASE_LEADER, holdMs: 25_000 },
    (all) => {
      const [leader] = leaderOf(all, "postgres");
      const peers = NODES.filter((node) => node !== leader?.node);
      return each(nodeOf(all, leader), "cut", { ...BOTH, peers });
    },
  ),
  "cut-redis-node": drill(
    "cut-redis-node",
    { fault: "partition-node", selector: { role: "redis", leader: true }, holdMs: 15_000 },
    (all) => each(nodeOf(all, leaderOf(all, "redis")[0]), "cut", { ...BOTH, peers: [] }),
    true,
  ),
  "freeze-leader": drill("freeze-leader", { fault: "freeze", selector: DATABASE_LEADER, holdMs: 20_000 }, (all) =>
    each(leaderOf(all, "postgres"), "freeze"),
  ),
  "power-off-node": drill(
    "power-off-node",
    { fault: "power-off-node", selector: { role: "node", count: 1 }, holdMs: 20_000 },
    (all) => each(nodeOf(all, leaderOf(all, "postgres")[0]), "power"),
  ),
  "restart-leader": drill(
    "restart-leader",
    { fault: "kill-leader", selector: DATABASE_LEADER, holdMs: 10_000, parameters: { stayDown: false } },
    (all) => each(leaderOf(all, "postgres"), "stop", { stayDown: false, signal: "KILL" }),
  ),
  "fill-disk": drill("fill-disk", { fault: "disk-full", selector: DATABASE_LEADER, holdMs: 15_000 }, (all) =>
    each(leaderOf(all, "postgres"), "disk", { leaveMegabytes: 0 }),
  ),
} as const satisfies Record<string, Drill>;

export type DrillName = keyof typeof DRILLS;
