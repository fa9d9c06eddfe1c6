import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Interval } from "../interval.ts";
import { PLATFORM_WATCH } from "../objective/watched.ts";
import type { PartOptions, Run, Running } from "../run.ts";
import { abortAt, withDeadline } from "../std/deadline.ts";
import { GamedayError, messageOf } from "../std/errors.ts";
import { cleanUp } from "./clean-up.ts";
import { runExperiments } from "./experiment.ts";
import { becomeHealthy, requireHealthy, wholeWithinMs } from "./health.ts";
import { readLedger } from "./ledger.ts";
import { LoadCourse } from "./load-course.ts";
import { partOptions, whileStarting } from "./part-options.ts";
import { inPhase } from "./phase.ts";
import { ReplicaWatch } from "./scaling.ts";
import { ServedWatch } from "./served.ts";
import { StopConditions } from "./stop-conditions.ts";
import { ThresholdWatch } from "./threshold-watch.ts";
import { groupsOf } from "./together.ts";

/**
 * The shortest deadline for a platform to become ready from nothing, even on a slow machine. A platform that declares a longer
 * time itself gets that.
 */
const UP_MS_MAX = 180_000;
const COLLECT_MS_MAX = 60_000;
const WATCH_AGAIN_MS = 5_000;

export interface Conducted {
  /** The reason why the run ended early, in words; null: it ran to its end. */
  readonly endedEarly: string | null;
  readonly residue: number;
}

/**
 * Conducts a run until its evidence is complete and can be sealed. Whatever happens on the way, faults are healed, load and
 * probes are stopped, the platform is restored and what is left behind is recorded. Throws only if the platform was never
 * ready.
 */
export async function conduct(run: Run): Promise<Conducted> {
  const watching = new AbortController();
  const replicas = new ReplicaWatch();
  run.evidence.onEvent((event) => replicas.see(event));
  await inPhase(run, "validation", () => validate(run));
  const conditions = new StopConditions(run);
  run.evidence.onOperation((operation) => conditions.operation(operation));
  const watch = Promise.all([watchPlatform(run, watching.signal), conditions.look(watching.signal)]);
  let endedEarly: string | null = null;
  try {
    await loadAndBreak(run, replicas);
    await inPhase(run, "statistics", () => collectStatistics(run));
  } catch (thrown) {
    endedEarly = earlyEnd(run, thrown);
  }
  watching.abort();
  await watch;
  await inPhase(run, "report", async () => reportSoFar(run));
  const residue = await inPhase(run, "clean-up", () => cleanUp(run));
  return { endedEarly, residue };
}

async function validate(run: Run): Promise<void> {
  const deadlineMs = Math.max(run.upWithinMs ?? UP_MS_MAX, run.platform.upWithinMs ?? 0);
  // This is awaited until it ends, however late: what is torn down next must not still be under construction.
  using limit = abortAt({ what: "a platform to test", deadlineMs, signal: run.stop.signal });
  await run.platform.prepare(limit.signal);
  await requireHealthy(run, { moment: "before-run", deadlineMs, signal: run.stop.signal });
}

/**
 * Runs the load and the experiments. The probes continue after the load has ended, because scaling down must not turn users
 * away either.
 */
async function loadAndBreak(run: Run, replicas: ReplicaWatch): Promise<void> {
  const course = new LoadCourse(run);
  const parts = await inPhase(run, "load-deployment", () => deployLoad(run, course));
  try {
    await breakUnderLoad(run, replicas, course).finally(() => endLoad(run, parts, course));
    const down = run.plan.autoscaling?.down;
    await inPhase(run, "scale-down-watch", async () => {
      if (down !== undefined) await replicas.reach(run, down, "down");
    });
  } finally {
    await stopAll(run, parts.splice(0));
  }
}

/** Ends the load once every fault that a person injected is healed, so that its recovery is seen. */
async function endLoad(run: Run, parts: Running[], course: LoadCourse): Promise<void> {
  run.steering?.loadEnds();
  await run.steering?.settled();
  course.rampDown();
  await stopAll(run, parts.splice(-1));
  course.end();
}

async function breakUnderLoad(run: Run, replicas: ReplicaWatch, course: LoadCourse): Promise<void> {
  await inPhase(run, "load", () => course.rampUp());
  const up = run.plan.autoscaling?.up;
  await inPhase(run, "autoscaling-watch", async () => {
    if (up !== undefined) await replicas.reach(run, up, "up");
  });
  const served = new ServedWatch();
  run.evidence.onOperation((operation) => served.operation(operation));
  await inPhase(run, "experiments", () => runAll(run, served));
  await course.remain();
}

async function runAll(run: Run, served: ServedWatch): Promise<void> {
  for (const group of groupsOf(run.plan.experiments)) {
    if (await runExperiments(run, group, served)) continue;
    const names = group.map(({ name }) => `"${name}"`).join(" and ");
    const says = `stopped after ${names}: the platform is not healthy, so further faults would prove nothing`;
    run.evidence.event({ atMs: run.clock.nowMs(), type: "control", command: "stop", by: says, manual: false });
    return;
  }
}

/**
 * Starts the probes first, so that they measure the platform whole and without load before the first user arrives; the load is
 * started last.
 */
async function deployLoad(run: Run, course: LoadCourse): Promise<Running[]> {
  const parts: Running[] = [];
  try {
    await whileStarting(run, (signal) => startParts(run, parts, partOptions(run, signal), course));
    // If a part dies, the run is stopped gracefully: what is broken at that moment is healed first.
    for (const part of parts) part.finished?.catch((cause: unknown) => run.stop.abort(cause));
    return parts;
  } catch (thrown) {
    await stopAll(run, parts);
    throw thrown;
  }
}

async function startParts(run: Run, parts: Running[], options: PartOptions, course: LoadCourse): Promise<void> {
  if (run.plan.probes !== null) parts.push(await run.parts.startProbes({ ...options, ...run.plan.probes }));
  const thresholds = new ThresholdWatch(run);
  const onInterval = (interval: Interval) => {
    run.evidence.interval(interval);
    thresholds.interval(interval);
  };
  course.begin();
  const load = await run.parts.startLoad({ ...options, plan: run.plan.load, onInterval });
  parts.push(load);
  course.began(load);
  run.steering?.loadBegan(load);
}

/** Stops the parts in the reverse order of their start. */
async function stopAll(run: Run, parts: readonly Running[]): Promise<void> {
  for (const part of parts.toReversed()) {
    await part.stop().catch((thrown: unknown) => note(run, "stopping the load", messageOf(thrown)));
  }
}

async function collectStatistics(run: Run): Promise<void> {
  await becomeHealthy(run, { moment: "after-run", deadlineMs: wholeWithinMs(run), signal: run.stop.signal });
  await readLedger(run);
  const window = { fromMs: 0, toMs: run.clock.nowMs() };
  const limit = { what: "the platform's logs to be collected", deadlineMs: COLLECT_MS_MAX };
  await withDeadline(limit, (signal) => run.platform.collect(join(run.evidence.folder, "logs"), window, signal)).catch(
    (thrown: unknown) => note(run, "collecting logs", messageOf(thrown)),
  );
}

/**
 * Writes a preliminary report; the final report is written again after the clean-up. A full disk here must not prevent the
 * platform from being restored.
 */
function reportSoFar(run: Run): void {
  try {
    run.parts.reportSoFar();
  } catch (thrown) {
    note(run, "report", messageOf(thrown));
  }
}

/** Watches the platform. A watch that fails is restarted; the timeline records the gap in which nothing was observed. */
async function watchPlatform(run: Run, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      return await run.platform.watch((event) => run.evidence.event(event), signal);
    } catch (thrown) {
      if (signal.aborted) return;
      const fromMs = run.clock.nowMs();
      await delay(WATCH_AGAIN_MS, undefined, { signal }).catch(() => undefined); // the end of the run ends the pause
      const toMs = run.clock.nowMs();
      const because = messageOf(thrown);
      run.evidence.event({ atMs: toMs, type: "gap", source: PLATFORM_WATCH, fromMs, toMs, because });
    }
  }
}

function earlyEnd(run: Run, thrown: unknown): string {
  const because = run.stop.signal.aborted ? messageOf(run.stop.signal.reason) : messageOf(thrown);
  if (!run.stop.signal.aborted && !(thrown instanceof GamedayError))
    note(run, "bug", thrown instanceof Error ? (thrown.stack ?? because) : because);
  note(run, "run", `ended early: ${because}`);
  return because;
}

function note(run: Run, source: string, says: string): void {
  run.evidence.event({ atMs: run.clock.nowMs(), type: "note", source, says });
}
