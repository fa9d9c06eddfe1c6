import type { PartOptions, Run } from "../run.ts";

/** Returns what every part of a run is given. `signal` kills the part at once, whereas stop() ends it gracefully. */
export function partOptions(run: Run, signal: AbortSignal): PartOptions {
  return {
    baseUrl: run.platform.endpoint(),
    runId: run.runId,
    seed: run.seed,
    clock: run.clock,
    onOperation: (operation) => run.evidence.operation(operation),
    onEvent: (event) => run.evidence.event(event),
    signal,
  };
}

/**
 * Passes a signal that the run's stop aborts only while the parts are being started; once they run, they are stopped
 * gracefully instead.
 */
export async function whileStarting<T>(run: Run, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const starting = new AbortController();
  const abandon = () => starting.abort(run.stop.signal.reason);
  run.stop.signal.throwIfAborted();
  run.stop.signal.addEventListener("abort", abandon);
  try {
    return await start(starting.signal);
  } finally {
    run.stop.signal.removeEventListener("abort", abandon);
  }
}
