import { startLoad } from "../load/start.ts";
import { startProbes } from "../probe/start.ts";
import type { LiveLoad, RunParts } from "../run.ts";

/** The real load and probes, and what the load does now (null before it has begun). */
export interface PartsWithLive extends RunParts {
  live(): LiveLoad | null;
}

export function liveParts(): PartsWithLive {
  let live: () => LiveLoad | null = () => null;
  return {
    startProbes,
    async startLoad(options) {
      const load = await startLoad(options);
      live = () => load.live();
      return load;
    },
    live: () => live(),
  };
}
