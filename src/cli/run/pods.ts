/** The load of a run whose workers are pods of a Job. */
import { randomBytes } from "node:crypto";
import { startLoad } from "../../load/coordinator/start.ts";
import { digestOfLoad } from "../../load/wire/envelope.ts";
import type { LoadHandle, LoadOptions } from "../../load.ts";
import type { PodsPlan } from "../../plan.ts";
import { crewOfPods } from "../load/crew.ts";
import { type CrewWorld, planOnWorkers } from "../load/kubernetes.ts";
import { podsFlags } from "../plan-needs.ts";

export interface PodsContext {
  readonly world: CrewWorld;
  /** The platform section of the plan, which gives what `load.pods` leaves out. */
  readonly platform: { readonly kind: string };
  /** How long the load is expected to last. The Job ends by itself some time after that, even if nobody is left to remove it. */
  readonly durationMs: number;
  readonly flush: () => void;
}

/** Starts the load on a Job of pods; stopping the load removes the Job. */
export async function startLoadInPods(
  options: LoadOptions,
  pods: PodsPlan,
  context: PodsContext,
): Promise<Pick<LoadHandle, "live" | "finished" | "exhausted" | "stop">> {
  const { world, platform, durationMs, flush } = context;
  const flags = podsFlags(pods, platform);
  const plan = planOnWorkers(options.plan, flags);
  const load = digestOfLoad(plan, options.baseUrl);
  const door = { world, workers: plan.workers, load, files: { flush }, signal: options.signal };
  const fresh = { runId: `load-${randomBytes(4).toString("hex")}`, seed: options.seed };
  await using starting = new AsyncDisposableStack();
  const crew = starting.use(await crewOfPods({ plan: options.plan, durationMs }, flags, door, fresh));
  const handle = await startLoad({ ...options, plan }, { open: crew.open, adopted: [] });
  const job = starting.move();
  const { finished, exhausted } = handle;
  return {
    live: () => handle.live(),
    finished,
    exhausted,
    stop: () => handle.stop().finally(() => job.disposeAsync()),
  };
}
