import { ExitCode, GamedayError } from "./errors.ts";

export interface DeadlineOptions {
  /** What is done, in words that follow "expected". */
  readonly what: string;
  readonly deadlineMs: number;
  /** Ends it early; the work is told and its reason thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `work` with a signal that fires at the deadline or when `signal` does, and settles at that moment even when the
 * work does not listen. Throws GamedayError at the deadline, the signal's reason when aborted.
 */
export async function withDeadline<T>(options: DeadlineOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  options.signal?.throwIfAborted();
  using limit = abortAt(options);
  const { signal } = limit;
  const ended = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return await Promise.race([work(signal), ended]);
}

/**
 * A signal that fires at the deadline, its reason a GamedayError that says what was awaited, or when `signal` does. For
 * work that listens to it, and that must be over before anybody goes on. Dispose it with the work.
 */
export function abortAt(options: DeadlineOptions): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const abort = () => controller.abort(options.signal?.reason);
  const timer = setTimeout(() => controller.abort(tooLate(options)), options.deadlineMs);
  if (options.signal?.aborted === true) abort();
  options.signal?.addEventListener("abort", abort, { once: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", abort);
    },
  };
}

function tooLate(options: DeadlineOptions): GamedayError {
  return new GamedayError({
    code: "timed-out",
    expected: `${options.what} within ${(options.deadlineMs / 1000).toFixed(1)} s`,
    got: "no end of it",
    exitCode: ExitCode.notReady,
  });
}
