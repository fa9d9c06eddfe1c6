/** The figures of a bench against its goals, and the file that keeps them. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import type { Round } from "./measure.ts";

export interface Goal {
  readonly name: string;
  /** Null when it could not be measured, which is a miss. */
  readonly measured: number | null;
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

export function met({ measured, bound, atLeast: least }: Goal): boolean {
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
    return `${met(goal) ? "ok  " : "MISS"} ${name}: ${figure(goal)} ${unit} (${least ? "at least" : "at most"} ${bound})`;
  });
  return [...lines, goals.map((goal) => `${goal.name} ${figure(goal)}`).join(" | ")].join("\n");
}

function figure({ measured }: Goal): string {
  return measured === null ? "not measured" : measured.toFixed(2);
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
