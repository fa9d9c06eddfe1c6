import { Worker } from "node:worker_threads";

/** Such a thread only waits or looks: the defaults would reserve far more. */
const LIMITS = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16, stackSizeMb: 1 };

/**
 * A small thread of ours, which keeps no process alive and whose trouble is nobody else's: "exit" tells its end. Null where the
 * system has no thread left for us: Node throws then.
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
