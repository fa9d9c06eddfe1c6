/** What can go wrong with workers, in words. */
import { ExitCode, GamedayError } from "../std/errors.ts";

export function workerEnded(name: string, where: string, because: string): GamedayError {
  return new GamedayError({
    code: "worker-ended",
    expected: `worker ${name} (${where}) to start`,
    got: because,
    exitCode: ExitCode.notReady,
    hint: "what it printed is in the notes before this",
  });
}

export function allLost(because: string): GamedayError {
  return new GamedayError({
    code: "all-workers-lost",
    expected: "at least one load worker alive",
    got: `the last one ended: ${because}`,
    exitCode: ExitCode.unknown,
  });
}

export function late(what: string, deadlineMs: number): GamedayError {
  return new GamedayError({
    code: "load-timed-out",
    expected: `${what} within ${deadlineMs / 1000} s`,
    got: "silence",
    exitCode: ExitCode.notReady,
  });
}
