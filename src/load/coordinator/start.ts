import type { LoadHandle, LoadOptions } from "../../load.ts";
import { Coordinator } from "../coordinator.ts";
import { forkWorker, type Link, type LinkListener } from "../wire/link.ts";
import type { TakenOver } from "./take-over.ts";

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

/** How workers are opened, and which of them are taken over from a coordinator that was lost; usually none. */
export interface Via extends TakenOver {
  readonly open: (listener: LinkListener) => Link;
}
