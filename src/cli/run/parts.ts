import { startLoad } from "../../load/coordinator/start.ts";
import { startProbes } from "../../load/probe/start.ts";
import type { LiveLoad, RunParts } from "../../run.ts";

/** The real load and probes; `live` returns what the load does now (null before it has begun). */
export interface PartsWithLive extends RunParts {
  live(): LiveLoad | null;
}

export function liveParts(reportSoFar: () => void): PartsWithLive {
  let live: () => LiveLoad | null = () => null;
  return {
    reportSoFar,
    async startProbes(options) {
      const probes = await startProbes(options);
      return { stop: () => probes.stop() };
    },
    async startLoad(options) {
      const load = await startLoad(options);
      live = () => load.live();
      return load;
    },
    live: () => live(),
  };
}
