/** The first quarter of an hour of a newcomer: the app is made from nothing, and new, try and run are typed as the guide says. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { tryExec } from "../../src/std/exec.ts";
import type { Verdict } from "../../src/verdict.ts";
import { layOut, type Newcomer } from "./apps.ts";

const MINUTES = 60_000;
/** What is kept of a command's output when it did not do what it should. */
const OUTPUT_LENGTH_MAX = 2_000;

/** One command that was typed. */
export interface Step {
  readonly exitCode: number | null;
  readonly seconds: number;
  /** The end of what it printed; null when it exited with 0. */
  readonly printed: string | null;
}

export interface FirstDay {
  readonly app: string;
  /** The whole of it, packages included. */
  readonly seconds: number;
  readonly new: Step;
  /** null when an earlier step failed. */
  readonly try: Step | null;
  readonly run: Step | null;
  /** What `gameday new` could not find out. */
  readonly questions: readonly string[];
  readonly verdict: string | null;
  readonly sentence: string | null;
}

export interface FirstDayOptions {
  /** An empty folder; the app's own folder is made in it. */
  readonly folder: string;
  /** The package, as `npm pack` makes it. */
  readonly tarball: string;
  readonly say: (text: string) => void;
}

/** Throws when the app itself could not be made (a registry that does not answer): that says nothing about Gameday. */
export async function firstDay(newcomer: Newcomer, { folder, tarball, say }: FirstDayOptions): Promise<FirstDay> {
  const cwd = join(folder, newcomer.name);
  mkdirSync(cwd);
  layOut(newcomer, cwd);
  const startedMs = performance.now();
  const packages = ["npm", "install", "--save-dev", "--no-audit", "--no-fund", "--loglevel=error", tarball] as const;
  for (const argv of [...newcomer.install, packages]) await demand(argv, cwd);
  const type = async (...words: readonly string[]) => {
    say(`${newcomer.name}: gameday ${words.join(" ")}`);
    return typed(["npx", "gameday", ...words], cwd);
  };
  const made = await type("new", ...newcomer.flags);
  const tried = made.exitCode === 0 ? await type("try", "gameday/plan.yaml") : null;
  const run = tried?.exitCode === 0 ? await type("run", "gameday/plan.yaml") : null;
  const verdict = run === null ? null : verdictIn(join(cwd, "runs/latest/verdict.json"));
  return {
    app: newcomer.name,
    seconds: Math.round((performance.now() - startedMs) / 1000),
    new: made,
    try: tried,
    run,
    questions: questionsIn(join(cwd, "gameday/plan.yaml")),
    verdict: verdict?.verdict ?? null,
    sentence: verdict?.sentence ?? null,
  };
}

async function demand(argv: readonly string[], cwd: string): Promise<void> {
  const { code, stdout, stderr } = await tryExec(argv, { cwd, deadlineMs: 5 * MINUTES });
  if (code !== 0)
    throw new Error(`"${argv.join(" ")}" ended with ${code}:\n${(stdout + stderr).slice(-OUTPUT_LENGTH_MAX)}`);
}

async function typed(argv: readonly string[], cwd: string): Promise<Step> {
  const startedMs = performance.now();
  const { code, stdout, stderr } = await tryExec(argv, { cwd, deadlineMs: 10 * MINUTES });
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  return { exitCode: code, seconds, printed: code === 0 ? null : (stdout + stderr).trim().slice(-OUTPUT_LENGTH_MAX) };
}

function questionsIn(plan: string): string[] {
  const text = existsSync(plan) ? readFileSync(plan, "utf8") : "";
  return [...text.matchAll(/^# QUESTION: (.*)$/gm)].map(([, question = ""]) => question);
}

function verdictIn(file: string): Verdict | null {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Verdict) : null;
}
