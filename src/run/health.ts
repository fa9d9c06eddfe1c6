import type { HealthLine } from "../platform.ts";
import type { Run } from "../run.ts";
import { withDeadline } from "../std/deadline.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import { until } from "../std/wait.ts";
import type { TimelineEvent } from "../timeline.ts";

type Moment = Extract<TimelineEvent, { type: "health" }>["moment"];

export interface HealthWait {
  readonly moment: Moment;
  readonly experiment?: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

const TELL_AFTER_MS = 2_000;
const TELL_AGAIN_MS = 5_000;

const LOOK_MS_MAX = 10_000;

const WHOLE_MS_MIN = 120_000;

/**
 * Returns how long a platform may take to become healthy before a fault and at the end: twice what its slowest part declares,
 * but at least WHOLE_MS_MIN.
 */
export function wholeWithinMs({ platform }: Run): number {
  return Math.max(WHOLE_MS_MIN, 2 * (platform.readyWithinMs ?? 0));
}

/**
 * Checks the health once, with a deadline that also holds if the platform ignores the signal. A platform that does not answer
 * is not healthy.
 */
export function lookAtHealth(run: Run, signal?: AbortSignal): Promise<HealthLine[]> {
  const limit = { what: "the platform's health to be known", deadlineMs: LOOK_MS_MAX, signal };
  return withDeadline(limit, (inner) => run.platform.health(inner));
}

/**
 * Waits until every health line holds, records the last check line by line, and returns whether all held in time. A platform
 * without any health line is not healthy, because nothing was checked.
 */
export async function becomeHealthy(run: Run, wait: HealthWait): Promise<boolean> {
  return (await awaitHealth(run, wait)).healthy;
}

interface Health {
  readonly healthy: boolean;
  /** The lines of the last check. */
  readonly lines: readonly HealthLine[];
}

async function awaitHealth(run: Run, wait: HealthWait): Promise<Health> {
  let lines: HealthLine[] = [];
  const tellWaiting = waitingTeller(run);
  const look = async () => {
    lines = await lookAtHealth(run, wait.signal);
    tellWaiting(lines);
    return lines.length > 0 && lines.every((line) => line.ok);
  };
  try {
    await until(look, { what: "a healthy platform", deadlineMs: wait.deadlineMs, everyMs: 250, signal: wait.signal });
    return { healthy: true, lines };
  } catch (thrown) {
    if (wait.signal.aborted || !(thrown instanceof GamedayError)) throw thrown;
    if (lines.length === 0)
      lines = [{ id: "health", name: "health", ok: false, expected: "an answer", seen: thrown.message }];
    return { healthy: false, lines };
  } finally {
    recordHealth(run, wait, lines);
  }
}

/** Records what is waited for and why whenever that has changed, but not too often, and not for what recovers within a moment. */
function waitingTeller(run: Run): (lines: readonly HealthLine[]) => void {
  let nextAtMs = run.clock.nowMs() + TELL_AFTER_MS;
  let told = "";
  return (lines) => {
    const bad = lines.filter((line) => !line.ok);
    const says = `waiting for ${bad.map((line) => `${line.name} (${line.seen})`).join("; ")}`;
    const nowMs = run.clock.nowMs();
    if (bad.length === 0 || says === told || nowMs < nextAtMs) return;
    nextAtMs = nowMs + TELL_AGAIN_MS;
    told = says;
    run.evidence.event({ atMs: nowMs, type: "note", source: "health", says });
  };
}

/** Requires a healthy platform before anything is loaded or broken; throws (exit code 4) with every line that does not hold. */
export async function requireHealthy(run: Run, wait: HealthWait): Promise<void> {
  const { healthy, lines } = await awaitHealth(run, wait);
  if (healthy) return;
  const bad = lines.filter((line) => !line.ok);
  throw new GamedayError({
    code: "platform-not-healthy",
    expected: `a healthy platform within ${wait.deadlineMs / 1000} s`,
    got: bad.map((line) => `${line.name}: ${line.seen} (expected ${line.expected})`).join("; ") || "no health line",
    exitCode: ExitCode.notReady,
  });
}

/** Records one look at the health, line by line. */
export function recordHealth(
  run: Run,
  look: Pick<HealthWait, "moment" | "experiment">,
  lines: readonly HealthLine[],
): void {
  const experiment = look.experiment === undefined ? {} : { experiment: look.experiment };
  for (const line of lines) {
    run.evidence.event({ atMs: run.clock.nowMs(), type: "health", moment: look.moment, ...experiment, ...line });
  }
}
