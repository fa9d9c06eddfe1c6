import { setTimeout as delay } from "node:timers/promises";
import { ExitCode, GamedayError, messageOf } from "./errors.ts";

export interface WaitOptions {
  /** What is awaited, in words that follow "expected". */
  readonly what: string;
  readonly deadlineMs: number;
  readonly everyMs?: number;
  readonly signal: AbortSignal;
  /** Returns what was observed last, for the message when time runs out. */
  readonly seen?: () => string;
}

/**
 * Polls `condition` until it returns something other than undefined, null or false, and returns that. A condition that throws
 * counts as "not yet"; its last message is part of the timeout's error. Throws the signal's reason if aborted, and an error that is
 * final at once.
 */
export async function until<T>(
  condition: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  options: WaitOptions,
): Promise<T> {
  const end = performance.now() + options.deadlineMs;
  let trouble: unknown;
  for (;;) {
    options.signal.throwIfAborted();
    try {
      const value = await condition();
      if (value !== undefined && value !== null && value !== false) return value;
      trouble = undefined;
    } catch (thrown) {
      if (thrown instanceof GamedayError && thrown.isFinal) throw thrown;
      trouble = thrown;
    }
    if (performance.now() >= end) throw timedOut(options, trouble);
    await pause(options.everyMs ?? 50, options.signal);
  }
}

/** Waits. Node's own delay rejects with an error of its own if aborted; this rejects with the signal's reason instead. */
export async function pause(forMs: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(forMs, undefined, { signal });
  } catch (thrown) {
    signal.throwIfAborted();
    throw thrown;
  }
}

function timedOut(options: WaitOptions, trouble: unknown): GamedayError {
  const seen = options.seen?.() ?? (trouble === undefined ? "nothing of it" : messageOf(trouble));
  return new GamedayError({
    code: "timed-out",
    expected: `${options.what} within ${(options.deadlineMs / 1000).toFixed(1)} s`,
    got: seen,
    exitCode: ExitCode.notReady,
    cause: trouble,
  });
}
