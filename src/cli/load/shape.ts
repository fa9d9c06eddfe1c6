/** Derives the shape of a load from its flags: the executor, the stages and the duration. */
import type { LoadPlan } from "../../plan.ts";
import type { LoadFlags } from "./flags.ts";
import { lasting, milliseconds, positive, rateOf, whole, wrong } from "./values.ts";

/** The duration of a load whose flags do not give it. */
const DURATION_MS = 10_000;
const USERS_MAX = 1_000_000;

export interface Shape {
  readonly executor: string;
  readonly stages: LoadPlan["stages"];
  readonly durationMs: number | null;
  readonly iterations?: number;
  /** The target at which a ramp begins. */
  readonly startTarget?: number;
}

export function shapeOf(flags: LoadFlags): Shape {
  const users = whole("--vus", flags.vus ?? flags.users ?? "1");
  const durationText = flags.duration ?? flags.runTime;
  const durationMs = durationText === undefined ? null : lasting("--duration", durationText);
  const open = flags.rate === undefined ? null : rateOf(flags.rate);
  const iterations = iterationsOf(flags);
  if (iterations !== null) return iterationsShape(iterations, users, durationMs);
  if (flags.stage !== undefined) {
    const started = flags.vus ?? flags.users;
    const startTarget = open ?? (started === undefined ? 0 : users);
    const targetOf = flags.rate === undefined ? usersOf : arrivalsOf(flags.rate);
    const stages = flags.stage.flatMap((text) => text.split(",")).map((text) => stageOf(text, targetOf));
    return stagedShape(stages, open !== null, startTarget);
  }
  const lastsMs = durationMs ?? DURATION_MS;
  if (open === 0) throw wrong("--rate above 0", `"${flags.rate}"`);
  if (open !== null)
    return { executor: "constant-arrival-rate", stages: [{ durationMs: lastsMs, target: open }], durationMs: lastsMs };
  if (flags.spawnRate !== undefined) return spawned(users, positive("--spawn-rate", flags.spawnRate), lastsMs);
  return { executor: "constant-vus", stages: [{ durationMs: lastsMs, target: users }], durationMs: lastsMs };
}

interface Iterations {
  readonly executor: string;
  readonly iterations: number;
}

/** Returns the iterations, if flags give them. As in k6, --iterations are those of all users together. */
function iterationsOf(flags: LoadFlags): Iterations | null {
  const shared = flags.iterations ?? flags.sharedIterations;
  const each = flags.perVuIterations;
  if (shared !== undefined && each !== undefined) throw wrong("one of --iterations and --per-vu-iterations", "both");
  if (each !== undefined) return { executor: "per-vu-iterations", iterations: whole("--per-vu-iterations", each) };
  return shared === undefined ? null : { executor: "shared-iterations", iterations: whole("--iterations", shared) };
}

function iterationsShape({ executor, iterations }: Iterations, users: number, durationMs: number | null): Shape {
  return { executor, stages: [{ durationMs: durationMs ?? 600_000, target: users }], durationMs, iterations };
}

function stagedShape(stages: LoadPlan["stages"], open: boolean, startTarget: number): Shape {
  const durationMs = stages.reduce((sum, stage) => sum + stage.durationMs, 0);
  if (durationMs === 0) throw wrong("stages longer than 0 in all", "0");
  return { executor: open ? "ramping-arrival-rate" : "ramping-vus", stages, durationMs, startTarget };
}

/** Returns a ramp as Locust makes it: the first user is present at once, and the next after the time that the rate gives. */
function spawned(users: number, perSecond: number, durationMs: number): Shape {
  const rampMs = Math.round(((users - 1) / perSecond) * 1000);
  const stages = [
    { durationMs: rampMs, target: users },
    { durationMs: Math.max(0, durationMs - rampMs), target: users },
  ];
  return { executor: "ramping-vus", stages, durationMs, startTarget: 1 };
}

type Stage = LoadPlan["stages"][number];

function stageOf(text: string, targetOf: (text: string, stage: string) => number): Stage {
  const [, duration = "", target = ""] = /^([^:]*):([^:]*)$/.exec(text.trim()) ?? [];
  if (duration === "" || target === "") throw wrong('--stage like "1m:100"', `"${text}"`);
  return { durationMs: milliseconds("--stage", duration), target: targetOf(target, text) };
}

function usersOf(text: string, stage: string): number {
  if (/^\d+$/.test(text) && Number(text) <= USERS_MAX) return Number(text);
  throw wrong('--stage like "1m:100", to a whole number of users', `"${stage}"`);
}

/**
 * Returns the parser of a stage's arrivals. Without a unit they are per second. With "--rate 30/m" that would be ambiguous,
 * and is refused.
 */
function arrivalsOf(rate: string): (text: string, stage: string) => number {
  return (text, stage) => {
    if (/\/[mh]$/.test(rate.trim()) && !text.includes("/"))
      throw wrong(
        `--stage with the unit of its arrivals, such as --rate ${rate} has`,
        `"${stage}"`,
        '--stage "1m:60/m"',
      );
    return rateOf(text);
  };
}
