/** Runs clients on the very nodes that an experiment hits: they write on the minority side of a partition. */
import { setTimeout as delay } from "node:timers/promises";
import type { ExperimentPlan } from "../plan.ts";
import type { Run } from "../run.ts";
import { abortAt } from "../std/deadline.ts";
import { GamedayError, messageOf } from "../std/errors.ts";
import { nodesToHit } from "./inject.ts";
import { partOptions, whileStarting } from "./part-options.ts";

const OPEN_MS_MAX = 30_000;
/** How long the clients run before the fault: their connections are then open, and writes have been acknowledged. */
const WARM_UP_MS = 2_000;

/** Starts the clients if the experiment requests any, and returns when they have been writing for a moment. */
export async function startInside(run: Run, experiment: ExperimentPlan): Promise<AsyncDisposable> {
  const { insideProbes } = experiment;
  const started = new AsyncDisposableStack();
  if (insideProbes === undefined) return started;
  try {
    for (const node of await nodesToHit(run, experiment))
      await startOn(run, experiment, { node, file: insideProbes }, started);
    await delay(WARM_UP_MS, undefined, { signal: run.stop.signal });
    return started;
  } catch (thrown) {
    await started.disposeAsync();
    throw thrown;
  }
}

async function startOn(
  run: Run,
  experiment: ExperimentPlan,
  { node, file }: { readonly node: string; readonly file: string },
  started: AsyncDisposableStack,
): Promise<void> {
  if (run.platform.inside === undefined) throw noPlaces(run.platform.kind);
  using limit = abortAt({ what: `a place for clients on ${node}`, deadlineMs: OPEN_MS_MAX, signal: run.stop.signal });
  const place = await run.platform.inside(node, limit.signal);
  started.defer(() => quietly(run, async () => await place[Symbol.asyncDispose]()));
  const number = run.plan.experiments.indexOf(experiment) + 1;
  const inside = { enter: place.enter, name: `inside/${number}/${node}` };
  const probes = await whileStarting(run, (starting) =>
    run.parts.startProbes({ ...partOptions(run, starting), baseUrl: place.baseUrl, file, inside }),
  );
  started.defer(() => quietly(run, () => probes.stop()));
}

/** Ends a part without failing: the fault is healed by now and the run continues, so an error is only recorded. */
async function quietly(run: Run, end: () => Promise<void>): Promise<void> {
  await end().catch((thrown: unknown) =>
    run.evidence.event({ atMs: run.clock.nowMs(), type: "note", source: "inside", says: messageOf(thrown) }),
  );
}

function noPlaces(kind: string): GamedayError {
  return new GamedayError({
    code: "no-inside",
    expected: "a platform on whose nodes clients can run, for insideProbes",
    got: `"${kind}", which has no such place`,
  });
}
