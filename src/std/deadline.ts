import { ExitCode, GamedayError } from "./errors.ts";

export interface DeadlineOptions {
  /** What is done, in words that follow "expected". */
  readonly what: string;
  readonly deadlineMs: number;
  /** Ends it early; the work is told and its reason thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Runs `work` with a signal that fires at the deadline or when `signal` does, and settles at that moment even when the
 * work does not listen. Throws GamedayError at the deadline, the signal's reason when aborted.
 */
export async function withDeadline<T>(options: DeadlineOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  options.signal?.throwIfAborted();
  const controller = new AbortController();
  const abort = () => controller.abort(options.signal?.reason);
  const timer = setTimeout(() => controller.abort(tooLate(options)), options.deadlineMs);
  options.signal?.addEventListener("abort", abort, { once: true });
  const ended = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener("abort", () => reject(controller.signal.reason), { once: true });
  });
  try {
    return await Promise.race([work(controller.signal), ended]);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", abort);
  }
}

function tooLate(options: DeadlineOptions): GamedayError {
  return new GamedayError({
    code: "timed-out",
    expected: `${options.what} within ${(options.deadlineMs / 1000).toFixed(1)} s`,
    got: "no end of it",
    exitCode: ExitCode.notReady,
  });
}
