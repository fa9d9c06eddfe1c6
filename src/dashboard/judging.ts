/** Judges run folders in threads of their own, because that takes as long as the evidence is; only so many at a time. */
import { Worker } from "node:worker_threads";
import { entryBeside } from "../std/entry.ts";
import { type ExitCode, GamedayError, type Place } from "../std/errors.ts";
import type { Verdict } from "../verdict.ts";
import { ProblemError } from "./problems.ts";

/** "finished": as `gameday judge` does. "going on": what can be said so far; nothing passes yet. */
export interface JudgeJob {
  readonly folder: string;
  readonly stage: "finished" | "going on";
}

export type JudgeReply =
  | JudgedRun
  | {
      readonly error: { code: string; expected: string; got: string; hint?: string; place?: Place; exitCode: ExitCode };
    }
  | { readonly bug: string };

export interface JudgedRun {
  readonly verdict: Verdict;
  readonly cpuMs: number;
}

const JUDGE_MS_MAX = 600_000;
/** Each takes a core and the memory of a run's evidence, on a machine that may be generating load. */
const AT_ONCE_MAX = 2;
const WAITING_MAX = 32;

export class Judges {
  readonly #work: (job: JudgeJob) => Promise<JudgedRun>;
  readonly #asked = new Map<string, Promise<JudgedRun>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(work: (job: JudgeJob) => Promise<JudgedRun> = judgeApart) {
    this.#work = work;
  }

  /**
   * Returns the verdict and the CPU time that it took; two who ask for the same at once get the same. Throws GamedayError if the
   * evidence cannot be judged, and ProblemError (503) if too many wait already.
   */
  judge(job: JudgeJob): Promise<JudgedRun> {
    const key = `${job.stage} ${job.folder}`;
    const known = this.#asked.get(key);
    if (known !== undefined) return known;
    if (this.#waiting.length >= WAITING_MAX) throw new ProblemError(BUSY, { "retry-after": "10" });
    const judged = this.#inTurn(job).finally(() => this.#asked.delete(key));
    this.#asked.set(key, judged);
    return judged;
  }

  async #inTurn(job: JudgeJob): Promise<JudgedRun> {
    if (this.#running >= AT_ONCE_MAX) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await this.#work(job);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next(); // it takes over this one's place
    }
  }
}

const BUSY = {
  status: 503,
  code: "judging-busy",
  expected: "fewer runs to be judged at a time",
  got: `${WAITING_MAX} that already wait`,
};

async function judgeApart(job: JudgeJob): Promise<JudgedRun> {
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
