import type { LoadHandle, LoadOptions } from "../../load.ts";
import { Coordinator } from "../coordinator.ts";
import { forkWorker, type Link, type LinkListener } from "../wire/link.ts";
import type { Adopted } from "./member.ts";

export type { LoadHandle, LoadOptions } from "../../load.ts";

/**
 * Starts the load of a plan on worker processes of this machine, one a core unless the plan says otherwise, and returns when
 * it has begun. It lasts until stop(): the last stage is held. Throws GamedayError when a script cannot be loaded or its
 * setup fails.
 */
export async function startLoad(
  options: LoadOptions,
  via: Via = { open: forkWorker, adopted: [] },
): Promise<LoadHandle> {
  const coordinator = new Coordinator(options);
  await coordinator.start(via);
  return coordinator;
}

/** Where workers come from, when they are not processes of this machine. */
export interface Via {
  readonly open: (listener: LinkListener) => Link;
  /** Workers in the middle of a load whose coordinator was lost. */
  readonly adopted: readonly Adopted[];
  /** By name of a worker: the end of its last report that the coordinator before had kept, on the run's clock. */
  readonly lastReportsMs?: ReadonlyMap<string, number>;
}
