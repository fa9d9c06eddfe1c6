import { Coordinator } from "./coordinator.ts";
import type { LoadHandle, LoadOptions } from "./handle.ts";
import { forkWorker } from "./link.ts";

export type { LoadHandle, LoadOptions } from "./handle.ts";
export type { LoadLive } from "./live.ts";

/**
 * Starts the load of a plan on worker processes of this machine, one a core unless the plan says otherwise, and returns when
 * it has begun. It lasts until stop(): the last stage is held. Throws GamedayError when a script cannot be loaded or its
 * setup fails.
 */
export async function startLoad(options: LoadOptions): Promise<LoadHandle> {
  const coordinator = new Coordinator(options);
  await coordinator.start(forkWorker);
  return coordinator;
}
