/** Removes this run's rows from the system, restores the platform, and reports whatever is left behind. */
import { setTimeout as delay } from "node:timers/promises";
import { restored } from "../fault/recover.ts";
import type { Run } from "../run.ts";
import { abortAt } from "../std/deadline.ts";
import { messageOf } from "../std/errors.ts";
import { askObject, type Question } from "./ask.ts";
import { belowForRun } from "./below.ts";
import { wholeNumberOf } from "./found.ts";

const WITHIN_MS = 300_000;
/** Consecutive failed calls after which the clean-up is given up: it may be repeated safely, and a proxy may have timed out. */
const FAILURES_MAX = 5;
const BETWEEN_FAILURES_MS = 1_000;

/**
 * Cleans test data and restores the platform; returns how many pieces of residue were recorded. It also runs after an
 * interrupt.
 */
export async function cleanUp(run: Run): Promise<number> {
  let left = 0;
  const residue = (what: string, where: string) => {
    left++;
    run.evidence.event({ atMs: run.clock.nowMs(), type: "residue", what, where });
  };
  await cleanData(run).catch((thrown: unknown) =>
    residue(`test data of ${run.runId}: ${messageOf(thrown)}`, run.platform.endpoint()),
  );
  // The run's signal is not passed here: restoring continues after an interrupt.
  const found = await restored(run.platform).catch((thrown: unknown) => [
    { what: `restoring failed: ${messageOf(thrown)}`, where: run.platform.kind },
  ]);
  for (const { what, where } of found) residue(what, where);
  return left;
}

/** Repeats the clean-up until nothing remains, because it may work in batches; throws if a batch removes nothing. */
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
    if (remaining >= before)
      throw new Error(`${remaining} rows remain, and repeating the request removes none of them`);
  }
}

/** Retries until an attempt succeeds. Throws the error of the last of FAILURES_MAX attempts, or the signal's reason. */
async function persist<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let failures = 1; failures < FAILURES_MAX; failures++) {
    try {
      return await attempt();
    } catch {
      signal.throwIfAborted(); // otherwise the attempt is retried, and only the last attempt's error is thrown
    }
    await delay(BETWEEN_FAILURES_MS, undefined, { signal });
  }
  return await attempt();
}

/** Makes one clean-up call and returns how many rows are left. */
async function cleanOnce(url: URL, question: Question): Promise<number> {
  const { remaining } = await persist(() => askObject(url, question), question.signal);
  const count = wholeNumberOf(remaining);
  if (count !== undefined) return count;
  throw new Error(`${url.pathname} did not return how many rows remain: ${JSON.stringify(remaining) ?? "nothing"}`);
}
