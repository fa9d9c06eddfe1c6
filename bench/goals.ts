/** The figures of a bench against its goals, and the file that keeps them. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import type { Round } from "./measure.ts";

export interface Goal {
  readonly name: string;
  /** Null when it could not be measured, which is a miss unless a peer is not here. */
  readonly measured: number | null;
  /** The peer that is not on this machine, so that the goal was neither met nor missed. */
  readonly notHere?: string;
  /** When `measured` was measured, if that was in an earlier bench (ISO 8601). */
  readonly measuredAt?: string;
  readonly bound: number;
  readonly atLeast: boolean;
  readonly unit: string;
}

export function atLeast(name: string, measured: number | null, bound: number, unit = "x"): Goal {
  return { name, measured, bound, atLeast: true, unit };
}

export function atMost(name: string, measured: number | null, bound: number, unit: string): Goal {
  return { name, measured, bound, atLeast: false, unit };
}

/** Returns a goal that needs a peer which is not on this machine. */
export function notHere(goal: Goal, peer: string): Goal {
  return { ...goal, measured: null, notHere: peer };
}

/** Returns false for a miss. A goal whose peer is not here is not a miss. */
export function met({ measured, bound, atLeast: least, notHere: peer }: Goal): boolean {
  if (peer !== undefined) return true;
  if (measured === null || Number.isNaN(measured)) return false;
  return least ? measured >= bound : measured <= bound;
}

/** Returns the median; of two middle values the lower one, so that a claim to be high is never favoured. */
export function median(values: readonly number[] | undefined): number | null {
  if (values === undefined) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

/** Returns one line for each goal, and a last line with all figures. */
export function say(goals: readonly Goal[]): string {
  const lines = goals.map((goal) => {
    const { name, unit, bound, atLeast: least } = goal;
    return `${mark(goal)} ${name}: ${figure(goal)} ${unit} (${least ? "at least" : "at most"} ${bound})`;
  });
  return [...lines, goals.map((goal) => `${goal.name} ${figure(goal)}`).join(" | ")].join("\n");
}

function mark(goal: Goal): string {
  if (goal.notHere !== undefined) return "-   ";
  return met(goal) ? "ok  " : "MISS";
}

function figure({ measured, notHere: peer, measuredAt }: Goal): string {
  const before =
    measuredAt === undefined || measured === null ? "" : `; ${measured.toFixed(2)} on ${measuredAt.slice(0, 10)}`;
  if (peer !== undefined) return `not installed (${peer} is not on the PATH${before})`;
  return measured === null ? "not measured" : measured.toFixed(2);
}

/** Returns the goals, with the last figure from the results in `file` where a peer is not here. */
export function withLastFigures(goals: readonly Goal[], file: string): Goal[] {
  const last = lastResults(file);
  return goals.map((goal) => {
    const before = goal.notHere === undefined ? undefined : last.goals.find(({ name }) => name === goal.name);
    if (before === undefined || before.measured === null) return goal;
    return { ...goal, measured: before.measured, measuredAt: before.measuredAt ?? last.at };
  });
}

function lastResults(file: string): { readonly at: string; readonly goals: readonly Goal[] } {
  if (!existsSync(file)) return { at: "", goals: [] };
  return JSON.parse(readFileSync(file, "utf8")) as { at: string; goals: Goal[] };
}

export function keep(file: string, goals: readonly Goal[], rounds: readonly Round[]): void {
  const rows = rounds.map(({ stdout: _stdout, ...round }) => round);
  const results = { commit: commit(), at: new Date().toISOString(), machine: machine(), goals, rounds: rows };
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}

/** Returns the commit's hash, with a "+" when there are uncommitted changes. */
function commit(): string {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: import.meta.dirname, encoding: "utf8" }).trim();
  const changed = git("status", "--porcelain", "--untracked-files=no", "--", "../src", "../bin", ".", ":!results.json");
  return `${git("rev-parse", "HEAD")}${changed === "" ? "" : "+"}`;
}

function machine() {
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? "",
    kernel: release(),
    memoryBytes: totalmem(),
    node: process.version,
  };
}
