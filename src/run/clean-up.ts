/** Takes this run's rows out of the system and reports, with the platform, whatever is left behind. */
import { setTimeout as delay } from "node:timers/promises";
import { restored } from "../fault/recover.ts";
import type { Run } from "../run.ts";
import { abortAt } from "../std/deadline.ts";
import { messageOf } from "../std/errors.ts";
import { askObject, type Question } from "./ask.ts";
import { belowForRun } from "./below.ts";
import { wholeNumberOf } from "./found.ts";

const WITHIN_MS = 300_000;
/** Calls in a row without an answer, before it counts as not to be had: a clean-up may be repeated, and a proxy may have lost patience. */
const FAILURES_MAX = 5;
const BETWEEN_FAILURES_MS = 1_000;

/** Cleans test data and restores the platform; returns how many pieces of residue were recorded. Runs also after an interrupt. */
export async function cleanUp(run: Run): Promise<number> {
  let left = 0;
  const residue = (what: string, where: string) => {
    left++;
    run.evidence.event({ atMs: run.clock.nowMs(), type: "residue", what, where });
  };
  await cleanData(run).catch((thrown: unknown) =>
    residue(`test data of ${run.runId}: ${messageOf(thrown)}`, run.platform.endpoint()),
  );
  // No signal of the run's: restoring goes on after an interrupt.
  const found = await restored(run.platform).catch((thrown: unknown) => [
    { what: `restoring failed: ${messageOf(thrown)}`, where: run.platform.kind },
  ]);
  for (const { what, where } of found) residue(what, where);
  return left;
}

/** Asks until nothing remains, for a clean-up may work in bites; stops when a bite takes nothing away. */
async function cleanData(run: Run): Promise<void> {
  const plan = run.plan.cleanUp;
  if (plan === null) return;
  const url = belowForRun(run.platform.endpoint(), plan.path, run.runId);
  url.searchParams.set("run", run.runId);
  using limit = abortAt({ what: "the clean-up to leave nothing", deadlineMs: plan.withinMs ?? WITHIN_MS });
  let remaining = Number.POSITIVE_INFINITY;
  while (remaining > 0) {
    const before = remaining;
    remaining = await cleanOnce(url, { method: plan.method, run, plan, signal: limit.signal });
    if (remaining >= before) throw new Error(`${remaining} rows remain, and asking again takes none of them away`);
  }
}

/** Throws what the last of FAILURES_MAX tries threw, or the signal's reason. */
async function persist<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let failures = 1; failures < FAILURES_MAX; failures++) {
    try {
      return await attempt();
    } catch {
      signal.throwIfAborted(); // else the next try tells, and the last one's error is thrown
    }
    await delay(BETWEEN_FAILURES_MS, undefined, { signal });
  }
  return await attempt();
}

/** How many rows are left after one call. */
async function cleanOnce(url: URL, question: Question): Promise<number> {
  const { remaining } = await persist(() => askObject(url, question), question.signal);
  const count = wholeNumberOf(remaining);
  if (count !== undefined) return count;
  throw new Error(`${url.pathname} did not say how many rows remain: ${JSON.stringify(remaining) ?? "nothing"}`);
}
