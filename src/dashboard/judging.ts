/** Judges a run folder in a thread of its own, because that takes as long as the evidence is. */
import { Worker } from "node:worker_threads";
import { entryBeside } from "../std/entry.ts";
import { type ExitCode, GamedayError, type Place } from "../std/errors.ts";
import type { Verdict } from "../verdict.ts";

/** "finished": as `gameday judge` does. "going on": what can be said so far; nothing passes yet. */
export interface JudgeJob {
  readonly folder: string;
  readonly stage: "finished" | "going on";
}

export type JudgeReply =
  | { readonly verdict: Verdict; readonly cpuMs: number }
  | {
      readonly error: { code: string; expected: string; got: string; hint?: string; place?: Place; exitCode: ExitCode };
    }
  | { readonly bug: string };

const JUDGE_MS_MAX = 600_000;

/** Returns the verdict and the CPU time that it took. Throws GamedayError if the evidence cannot be judged. */
export async function judgeApart(job: JudgeJob): Promise<{ readonly verdict: Verdict; readonly cpuMs: number }> {
  const thread = new Worker(entryBeside(import.meta.url, "./judge-thread"), { workerData: job, execArgv: [], env: {} });
  thread.unref();
  const timer = setTimeout(() => void thread.terminate(), JUDGE_MS_MAX);
  try {
    const reply = await new Promise<JudgeReply>((resolve, reject) => {
      thread.once("message", resolve).once("error", reject);
      thread.once("exit", () => reject(new Error("the judging thread ended without a verdict")));
    });
    if ("verdict" in reply) return reply;
    throw "error" in reply ? new GamedayError(reply.error) : new Error(reply.bug);
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}
