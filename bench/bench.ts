/** What every part of the bench uses: durations, the number of rounds, the target's binary, and the list of rounds. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Goal } from "./goals.ts";
import { type Job, measure, type Round, Target } from "./measure.ts";

export const PEERS = join(import.meta.dirname, ".peers");
/** Gameday, run like any other tool: a command that reads its job from the environment. */
export const ENGINE: readonly string[] = [join(import.meta.dirname, "engine.sh")];

const BINARY = join(PEERS, "target");

export interface BenchOptions {
  readonly rounds: number;
  readonly seconds: number;
}

/** One part of the bench. It measures, and returns its figures together with their goals. */
export type Part = (bench: Bench) => Promise<Goal[]>;

export class Bench {
  readonly rounds: number;
  readonly seconds: number;
  /** Every round of every tool, in order. */
  readonly raw: Round[] = [];

  constructor({ rounds, seconds }: BenchOptions) {
    this.rounds = rounds;
    this.seconds = seconds;
    mkdirSync(PEERS, { recursive: true });
    execFileSync("cc", ["-O2", "-o", BINARY, join(import.meta.dirname, "target", "target.c")]);
  }

  /** Starts a fresh target that answers after `delayMs`. */
  target(delayMs = 0): Promise<Target> {
    return Target.start(BINARY, delayMs);
  }

  async run(target: Target, job: Job): Promise<Round> {
    const round = await measure(target, job);
    this.raw.push(round);
    console.log(lineOf(round));
    return round;
  }

  /** Measures a round of Gameday itself. */
  engine(target: Target, job: Omit<Job, "tool" | "argv">): Promise<Round> {
    return this.run(target, { tool: "gameday", argv: ENGINE, ...job });
  }
}

function lineOf({ tool, scenario, users, requestsPerCpuSecond, requestsPerSecond, wrong, rssBytes }: Round): string {
  return [
    scenario.padEnd(8),
    String(users).padStart(6),
    tool.padEnd(10),
    `${requestsPerCpuSecond.toFixed(0).padStart(8)} requests per CPU-s`,
    `${requestsPerSecond.toFixed(0).padStart(7)}/s`,
    `${(rssBytes / 1e6).toFixed(0)} MB`,
    `wrong ${wrong}`,
  ].join(" ");
}
