/** Runs the real command in a process of its own, as a person would. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Verdict } from "../../src/verdict.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const LAUNCHER = join(ROOT, "bin/gameday.mjs");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when the output so far matches; rejects when the command ends without a match. */
  printed(pattern: RegExp): Promise<void>;
  /** Returns what was printed to stdout so far. */
  output(): string;
}

export interface StartOptions {
  /** What the command is started by: ["nice", "-n", "-15"]. */
  readonly through?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export function start(args: readonly string[], options: StartOptions = {}): Started {
  const env = { ...process.env, ...options.env };
  const [command = "", ...argv] = [...(options.through ?? []), process.execPath, LAUNCHER, ...args];
  const child = spawn(command, argv, {
    cwd: options.cwd ?? ROOT,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const watchers = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (const watch of watchers) watch();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, stdout, stderr }));
  const printed = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (pattern.test(stdout)) resolve();
      };
      watchers.add(look);
      look();
      ended.then(
        () => reject(new Error(`expected output that matches ${pattern}, got:\n${stdout}\n${stderr}`)),
        reject,
      );
    });
  return { child, ended, printed, output: () => stdout };
}

export function gameday(args: readonly string[], options?: StartOptions): Promise<Ended> {
  return start(args, options).ended;
}

/** Creates a folder for one test, which is removed after the test. */
export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "gameday-e2e-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Creates a folder for all tests of one file. It is removed when their process ends, however it ends: a hook that removed it would
 * not run when the file fails before its first test.
 */
export function folderOfTestFile(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `gameday-${name}-`));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function readVerdict(run: string): Verdict {
  return JSON.parse(readFileSync(join(run, "verdict.json"), "utf8")) as Verdict;
}
