/** The errors for what can go wrong with workers. */
import { ExitCode, GamedayError } from "../../std/errors.ts";

export function workerEnded(name: string, where: string, because: string): GamedayError {
  return new GamedayError({
    code: "worker-ended",
    expected: `worker ${name} (${where}) to start`,
    got: because,
    exitCode: ExitCode.notReady,
    hint: "what it printed is in the notes before this",
  });
}

export function tearingDownEnded(name: string, where: string): GamedayError {
  return new GamedayError({
    code: "teardown-ended",
    expected: `worker ${name} (${where}) to run the teardown`,
    got: "its end",
    exitCode: ExitCode.notReady,
    hint: "what teardown would have cleaned up may still be there",
  });
}

/** Recognizes the line that Node prints when its heap is full; the process then ends by SIGABRT. */
export function isOutOfMemory(line: string): boolean {
  return /^FATAL ERROR: .*(heap limit|out of memory)/i.test(line);
}

const OUT_OF_MEMORY =
  "out of memory: its scripts keep what they should let go, or it has too many users (its heap may be larger: NODE_OPTIONS=--max-old-space-size=MEGABYTES)";

/** Returns, as text for people, why a worker's process ended. */
export function endOf(code: number | null, signal: string | null, outOfMemory: boolean): string {
  if (outOfMemory) return OUT_OF_MEMORY;
  return signal === null ? `exit ${code}` : `killed by ${signal}`;
}

export function allLost(because: string, stuckAt: string | null): GamedayError {
  return new GamedayError({
    code: "all-workers-lost",
    expected: "at least one load worker alive",
    got: `the last one ended: ${because}`,
    exitCode: ExitCode.unknown,
    ...(stuckAt !== null && { hint: `the script computes at ${stuckAt} without end: await something in its loop` }),
  });
}

export function late(what: string, deadlineMs: number, stuckAt: string | null): GamedayError {
  return new GamedayError({
    code: "load-timed-out",
    expected: `${what} within ${deadlineMs / 1000} s`,
    got: stuckAt === null ? "silence" : `silence, stuck at ${stuckAt}`,
    exitCode: ExitCode.notReady,
  });
}
