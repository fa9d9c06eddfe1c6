import { Worker } from "node:worker_threads";

/** Limits for a thread that only waits or checks something: the defaults would reserve far more memory. */
const LIMITS = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16, stackSizeMb: 1 };

/**
 * Starts a small thread that keeps no process alive and whose errors affect nobody else: "exit" reports its end. Returns null
 * if the system has no thread left, in which case Node throws.
 */
export function startThread(file: string, workerData: unknown): Worker | null {
  try {
    const thread = new Worker(file, { workerData, execArgv: [], env: {}, resourceLimits: LIMITS });
    thread.unref();
    return thread.on("error", () => undefined);
  } catch {
    return null;
  }
}
