import type { LoadHandle, LoadOptions } from "../../load.ts";
import { Coordinator } from "../coordinator.ts";
import { forkWorker, type Link, type LinkListener } from "../wire/link.ts";
import type { Adopted } from "./member.ts";

export type { LoadHandle, LoadOptions } from "../../load.ts";

/**
 * Starts the load of a plan on its number of workers, which are processes of this machine by default, and returns when the
 * load has begun. The load lasts until stop(); its last stage is held until then. Throws GamedayError when a script cannot be
 * loaded or its setup fails.
 */
export async function startLoad(
  options: LoadOptions,
  via: Via = { open: forkWorker, adopted: [] },
): Promise<LoadHandle> {
  const coordinator = new Coordinator(options);
  await coordinator.start(via);
  return coordinator;
}

/** How workers are opened, and which of them are taken over from a coordinator that was lost. */
export interface Via {
  readonly open: (listener: LinkListener) => Link;
  /** Workers that are already running a load whose coordinator was lost. */
  readonly adopted: readonly Adopted[];
  /** By worker name: the end of the last report that the previous coordinator had kept, on the run's clock. */
  readonly lastReportsMs?: ReadonlyMap<string, number>;
}
