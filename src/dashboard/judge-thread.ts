/** The thread that judges a run folder for the dashboard. */
import { parentPort, workerData } from "node:worker_threads";
import { openEvidence } from "../evidence/reader.ts";
import { GamedayError } from "../std/errors.ts";
import { judge, judgeSoFar } from "../verdict/judge.ts";
import type { JudgeJob, JudgeReply } from "./judging.ts";

function judged({ folder, stage }: JudgeJob): JudgeReply {
  try {
    const evidence = openEvidence(folder);
    const verdict = stage === "finished" ? judge(evidence) : judgeSoFar(evidence).verdict;
    return { verdict, cpuMs: performance.now() };
  } catch (thrown) {
    if (!(thrown instanceof GamedayError))
      return { bug: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) };
    const { code, expected, got, hint, place, exitCode } = thrown;
    return {
      error: {
        code,
        expected,
        got,
        exitCode,
        ...(hint !== undefined && { hint }),
        ...(place !== undefined && { place }),
      },
    };
  }
}

parentPort?.postMessage(judged(workerData as JudgeJob));
