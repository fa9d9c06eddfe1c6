/**
 * Runs experiments. Those of one group are injected at the same moment, each with its own hold, healing and marks; most
 * experiments form a group of one.
 */
import { setTimeout as delay } from "node:timers/promises";
import { faultNamed } from "../fault/catalogue.ts";
import type { ExperimentPlan } from "../plan.ts";
import type { Target } from "../platform.ts";
import type { Run } from "../run.ts";
import { messageOf } from "../std/errors.ts";
import type { TargetReference } from "../timeline.ts";
import { becomeHealthy, wholeWithinMs } from "./health.ts";
import { injectExperiment } from "./inject.ts";
import { startInside } from "./inside.ts";
import { awaitServed, type ServedWatch } from "./served.ts";
import { requireFit } from "./together.ts";

/**
 * Runs a group: healthy before, inject all and prove their bites, hold, heal each and prove it, healthy after, users served, settle. Returns
 * whether the next group may begin. Faults are healed however this function ends. If one of several faults cannot be injected,
 * none is held, because a part of the group would test something else.
 */
export async function runExperiments(
  run: Run,
  group: readonly ExperimentPlan[],
  served: ServedWatch,
): Promise<boolean> {
  using _right = await run.steering?.take(run.stop.signal);
  if (!(await wholeBefore(run, group))) return false;
  if (!(await injectAll(run, group))) return true; // nothing is broken any more, so that the next group can begin as usual
  return wholeAfter(run, group, served);
}

async function wholeBefore(run: Run, group: readonly ExperimentPlan[]): Promise<boolean> {
  const signal = run.stop.signal;
  for (const { name } of group) {
    const look = { moment: "before-fault", experiment: name, deadlineMs: wholeWithinMs(run), signal } as const;
    if (await becomeHealthy(run, look)) continue;
    for (const experiment of group)
      mark(run, experiment, { edge: "aborted", because: "the platform was not healthy before the fault" });
    return false;
  }
  return true;
}

async function wholeAfter(run: Run, group: readonly ExperimentPlan[], served: ServedWatch): Promise<boolean> {
  const signal = run.stop.signal;
  const deadlineMs = Math.max(...group.map(({ recoverWithinMs }) => recoverWithinMs));
  const healthy: boolean[] = [];
  for (const { name } of group)
    healthy.push(await becomeHealthy(run, { moment: "after-fault", experiment: name, deadlineMs, signal }));
  if (healthy.includes(false)) return false;
  await awaitServed(run, served, deadlineMs);
  await delay(Math.max(...group.map(({ settleMs }) => settleMs)), undefined, { signal });
  return true;
}

/**
 * Injects and heals all, and returns whether all were injected. Whatever happens to one, every fault that was injected is
 * healed. Throws the reason if the run is stopped. Clients on the nodes that are hit start first; a plan allows them only for
 * an experiment that is injected alone.
 */
async function injectAll(run: Run, group: readonly ExperimentPlan[]): Promise<boolean> {
  const { signal } = run.stop;
  await using inside = new AsyncDisposableStack();
  try {
    if (group.length > 1) requireFit(group, await run.platform.topology(signal), run);
    for (const experiment of group) inside.use(await startInside(run, experiment));
  } catch (thrown) {
    const because = messageOf(signal.aborted ? signal.reason : thrown);
    for (const experiment of group) mark(run, experiment, { edge: "aborted", because });
    signal.throwIfAborted();
    return false;
  }
  const others = new AbortController();
  const stop = AbortSignal.any([signal, others.signal]);
  const one: Run = { ...run, stop: { signal: stop, abort: (reason: unknown) => run.stop.abort(reason) } };
  const ends = await Promise.all(
    group.map((experiment) => injectAndHold(one, experiment, (reason) => others.abort(reason))),
  );
  signal.throwIfAborted();
  return ends.every(Boolean);
}

async function injectAndHold(
  run: Run,
  experiment: ExperimentPlan,
  failed: (reason: unknown) => void,
  byHand = false,
): Promise<boolean> {
  const { signal } = run.stop;
  let targets: readonly Target[] = [];
  try {
    await using _injection = await injectExperiment(run, experiment, (chosen, standing) => {
      targets = [...targets, ...chosen.filter(({ id }) => !targets.some((known) => known.id === id))];
      mark(run, experiment, { edge: "begin", targets: chosen, standing, byHand });
    });
    await hold(run, experiment);
  } catch (thrown) {
    const because = messageOf(signal.aborted ? signal.reason : thrown);
    failed(thrown);
    mark(run, experiment, { edge: "aborted", targets, because });
    return false;
  }
  mark(run, experiment, { edge: "end", targets });
  return true;
}

/** Holds the fault for its time, or until a person heals it early. */
async function hold({ steering, stop }: Run, { name, holdMs }: ExperimentPlan): Promise<void> {
  if (steering === undefined) await delay(holdMs, undefined, { signal: stop.signal });
  else await steering.hold(name, holdMs, stop.signal);
}

/**
 * Runs a fault that a person injects, whose health was checked and whose right to break is held by the caller: inject, hold, heal,
 * and healthy after.
 */
export async function runByHand(run: Run, experiment: ExperimentPlan): Promise<void> {
  if (!(await injectAndHold(run, experiment, () => undefined, true))) return;
  const { name, recoverWithinMs: deadlineMs } = experiment;
  await becomeHealthy(run, { moment: "after-fault", experiment: name, deadlineMs, signal: run.stop.signal });
}

interface Mark {
  /** Whether a person injected it. */
  readonly byHand?: boolean;
  readonly edge: "begin" | "end" | "aborted";
  readonly targets?: readonly Target[];
  readonly standing?: readonly Target[];
  readonly because?: string;
}

/** Records an edge of an experiment in the timeline. */
function mark(run: Run, experiment: ExperimentPlan, edgeMark: Mark): void {
  const { edge, targets = [], standing = [], because, byHand = false } = edgeMark;
  run.evidence.event({
    atMs: run.clock.nowMs(),
    type: "experiment",
    experiment: experiment.name,
    fault: experiment.fault,
    edge,
    targets: targets.map(referenceTo),
    ...(edge === "begin" && {
      standing: standing.map(referenceTo),
      traits: faultNamed(experiment.fault).traits,
    }),
    ...(byHand && { byHand, holdMs: experiment.holdMs }),
    ...(because !== undefined && { because }),
  });
}

function referenceTo({ id, role, node }: Target): TargetReference {
  return { id, role, node };
}
