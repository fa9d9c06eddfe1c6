import { startLoad } from "../../load/coordinator/start.ts";
import type { LiveLoad } from "../../load/count/live.ts";
import { startProbes } from "../../load/probe/start.ts";
import type { LoadOptions } from "../../load.ts";
import type { RunParts } from "../../run.ts";
import { type PodsContext, startLoadInPods } from "./pods.ts";

/** The real load and probes; `live` returns what the load does now (null before it has begun). */
export interface PartsWithLive extends RunParts {
  live(): LiveLoad | null;
}

/** Returns the parts of a run. `pods` is used when the plan puts the load's workers into pods; `onRequests` takes single requests. */
export function liveParts(
  reportSoFar: () => void,
  pods: PodsContext,
  onRequests: LoadOptions["onRequests"],
): PartsWithLive {
  let live: () => LiveLoad | null = () => null;
  return {
    reportSoFar,
    async startProbes(options) {
      const probes = await startProbes(options);
      return { stop: () => probes.stop() };
    },
    async startLoad(given) {
      const options = { ...given, onRequests };
      const inPods = options.plan.pods;
      const load = inPods === undefined ? await startLoad(options) : await startLoadInPods(options, inPods, pods);
      live = () => load.live();
      return load;
    },
    live: () => live(),
  };
}
