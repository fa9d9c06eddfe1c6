import { ExitCode, GamedayError } from "./errors.ts";

export interface DeadlineOptions {
  /** What is awaited, in words that follow "expected". */
  readonly what: string;
  readonly deadlineMs: number;
  /** Ends the work early: the work is notified, and the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `work` with a signal that fires at the deadline or when `signal` does, and settles at that moment even if the work
 * ignores the signal. Throws GamedayError at the deadline, and the signal's reason if aborted.
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
 * Returns a signal that fires at the deadline, with a GamedayError that says what was awaited as its reason, or when `signal`
 * fires. It is for work that obeys the signal and must have ended before anything else continues. Dispose it when the work has
 * ended.
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
