/** The faults, objectives and expectations that several rows of the lab share. */
import type { Json } from "../../src/std/json.ts";
import { type Expectation, type LabRow, line } from "./row.ts";

type Given = Partial<Omit<LabRow, "name" | "platform">> & Pick<LabRow, "says" | "expected">;
export type Part = Readonly<Record<string, Json>>;

const SCENARIOS = ["counter-sale", "browse"].map((name) => `examples/jewelry-shop/scenarios/${name}.ts`);
export const PRICES_SCENARIO = "examples/jewelry-shop/scenarios/stock-and-prices.ts";
export const TILL_SCENARIO = "test/mutants/scenarios/one-till.ts";
const INSIDE = "examples/jewelry-shop/inside-probes.ts";

function fault(name: string, kind: string, target: Json, hold: string, more: { [key: string]: Json } = {}): Part {
  return { name, fault: kind, target, hold, settle: "1s", ...more };
}

const LEADER = { role: "postgres", leader: true };
const MASTER = { role: "redis", leader: true };
/** Held until a sound lab has certainly failed over by itself: PostgreSQL in 8 to 10 s, Redis in 2 to 3 s. */
export const databaseDies = fault("database dies", "kill-leader", { role: "postgres" }, "13s");
export const masterDies = fault("master dies", "kill-leader", { role: "redis" }, "7s");
export const replicasDie = fault("replicas die", "kill-replicas", { role: "app", count: 2 }, "8s");
export const replicaFrozen = fault("replica frozen", "freeze", { role: "app", count: 1 }, "8s");
export const nodeDrained = fault("node drained", "drain-node", { role: "app", count: 1 }, "8s");
export const leaderFrozen = fault("leader frozen", "freeze", LEADER, "18s");
export const leaderNodeOff = fault("leader's node off", "power-off-node", LEADER, "12s");
export const masterNodeOff = fault("master's node off", "power-off-node", MASTER, "14s");
export const diskFull = fault("disk full", "disk-full", LEADER, "12s");
/** With clients on both sides: a careless platform loses the writes of those on the minority's side. */
export const leaderCut = fault("leader cut off", "partition-node", LEADER, "15s", { insideProbes: INSIDE });
export const masterCut = fault("master cut off", "partition-node", MASTER, "12s", { insideProbes: INSIDE });
/** On a fresh lab the leaders are on n1, so n3 holds followers only. */
export const followersCut = fault("followers cut off", "partition-node", { role: "node", node: "n3" }, "8s");

/** Returns a recovery objective. Its id is "recovers", because a row has only one experiment. */
export function recovers(experiment: Part, under: number, over: { [key: string]: Json } = {}): Part {
  const name = experiment["name"] ?? "";
  return {
    id: "recovers",
    says: `users are served again within ${under} s of "${name}"`,
    measure: "recovery-seconds",
    over: { experiment: name, ...over },
    under,
  };
}

export const nothingLost: Part = {
  id: "nothing lost",
  says: "no acknowledged write is lost",
  measure: "lost-writes",
  atMost: 0,
};
export const nothingTwice: Part = {
  id: "nothing twice",
  says: "no write is there twice",
  measure: "duplicated-writes",
  atMost: 0,
};

/** A sound replica also grows in its first minute, while its code is compiled and its pools fill: some 1,000 % per hour. */
export const noLeak: Part = {
  id: "no leak",
  says: "no replica grows faster than 3,000 % an hour in its first minute",
  measure: "slope-percent-per-hour",
  over: { series: "memory/app" },
  under: 3_000,
};
/** Samples are taken every 5 s, and fewer than ten do not prove a trend. */
export const A_MINUTE: Part = { warmUp: "60s", calm: "1s" };

export function row(name: string, given: Given): LabRow {
  return {
    kind: "mutant",
    sections: {},
    variant: null,
    scenarios: SCENARIOS,
    experiments: [databaseDies],
    claims: ["orders", "carts"],
    objectives: [nothingLost],
    ...given,
    name: `lab ${name}`,
    platform: "lab",
  };
}

/** The text of the witness for a lost write, and the objective that the write misses. */
export const ABSENT = "absent from read";
export const LOSS = ["objectives/nothing lost"];
/** A recovery that came too late, either by itself or only after the tool healed the fault. */
export const late = line("objectives/recovers", "fail", "after the bite");

/** A recovery that waits for the tool's own healing, because nobody takes over: a finding of its own, too (decisions/0271). */
export function lateUntilHealed({ name }: Part): Expectation {
  return { ...late, also: [`findings/users-recover/${name}`] };
}
