/** Experiments that are injected at the same moment, each with its own hold, its own healing and its own marks. */
import { setTimeout as delay } from "node:timers/promises";
import { assertWithin, blastRadiusOf } from "../fault/selector.ts";
import { requireApart } from "../fault/together.ts";
import type { ExperimentPlan } from "../plan.ts";
import type { Target } from "../platform.ts";
import type { Run } from "../run.ts";
import { messageOf } from "../std/errors.ts";
import { mark, WHOLE_BEFORE_MS } from "./experiment.ts";
import { becomeHealthy } from "./health.ts";
import { injectExperiment, requestsOf } from "./inject.ts";

/** The plan's experiments in the order of their begin; those of one group are one entry. */
export function groupsOf(experiments: readonly ExperimentPlan[]): ExperimentPlan[][] {
  const groups: ExperimentPlan[][] = [];
  for (const experiment of experiments) {
    const last = groups.at(-1);
    const { together } = experiment;
    if (together !== undefined && last?.[0]?.together === together) last.push(experiment);
    else groups.push([experiment]);
  }
  return groups;
}

/**
 * A group: healthy before, all injected at once, each held and healed by itself, healthy after all. Returns whether the next
 * may begin. When one of them cannot be injected none is held: a part of the group would answer another question.
 */
export async function runTogether(run: Run, group: readonly ExperimentPlan[]): Promise<boolean> {
  if (!(await wholeBefore(run, group))) return false;
  if (!(await injectAll(run, group))) return true;
  return wholeAfter(run, group);
}

/** Throws when two would meet on one target, or all together would hit more than each of them may. */
export function requireFit(group: readonly ExperimentPlan[], topology: readonly Target[], seed: string): void {
  const requests = group.flatMap((experiment) => requestsOf(seed, experiment, topology));
  requireApart(requests);
  const hit = requests.map(({ target }) => target);
  for (const { blastRadius } of group) assertWithin(blastRadiusOf(blastRadius), hit, topology);
}

async function wholeBefore(run: Run, group: readonly ExperimentPlan[]): Promise<boolean> {
  const signal = run.stop.signal;
  for (const { name } of group) {
    const look = { moment: "before-fault", experiment: name, deadlineMs: WHOLE_BEFORE_MS, signal } as const;
    if (await becomeHealthy(run, look)) continue;
    for (const experiment of group)
      mark(run, experiment, { edge: "aborted", because: "the platform was not healthy before the fault" });
    return false;
  }
  return true;
}

async function wholeAfter(run: Run, group: readonly ExperimentPlan[]): Promise<boolean> {
  const signal = run.stop.signal;
  const deadlineMs = Math.max(...group.map(({ recoverWithinMs }) => recoverWithinMs));
  const healthy: boolean[] = [];
  for (const { name } of group)
    healthy.push(await becomeHealthy(run, { moment: "after-fault", experiment: name, deadlineMs, signal }));
  if (healthy.includes(false)) return false;
  await delay(Math.max(...group.map(({ settleMs }) => settleMs)), undefined, { signal });
  return true;
}

/** Whether all were injected. Whatever becomes of one, all that were are healed. */
async function injectAll(run: Run, group: readonly ExperimentPlan[]): Promise<boolean> {
  const others = new AbortController();
  const stop = AbortSignal.any([run.stop.signal, others.signal]);
  const one: Run = { ...run, stop: { signal: stop, abort: (reason: unknown) => run.stop.abort(reason) } };
  try {
    requireFit(group, await run.platform.topology(run.stop.signal), run.seed);
  } catch (thrown) {
    for (const experiment of group) mark(run, experiment, { edge: "aborted", because: messageOf(thrown) });
    run.stop.signal.throwIfAborted();
    return false;
  }
  const ends = await Promise.all(
    group.map((experiment) => injectOne(one, experiment, (reason) => others.abort(reason))),
  );
  run.stop.signal.throwIfAborted();
  return ends.every(Boolean);
}

async function injectOne(run: Run, experiment: ExperimentPlan, failed: (reason: unknown) => void): Promise<boolean> {
  const { signal } = run.stop;
  let targets: readonly Target[] = [];
  try {
    await using _injection = await injectExperiment(run, experiment, (chosen) => {
      targets = chosen;
      mark(run, experiment, { edge: "begin", targets });
    });
    await delay(experiment.holdMs, undefined, { signal });
  } catch (thrown) {
    const because = messageOf(signal.aborted ? signal.reason : thrown);
    failed(thrown);
    mark(run, experiment, { edge: "aborted", targets, because });
    return false;
  }
  mark(run, experiment, { edge: "end", targets });
  return true;
}
