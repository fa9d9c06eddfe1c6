/** What workers are given before the load begins: their jobs, and the time until the first user. */

import type { LoadOptions } from "../../load.ts";
import { isOpenModel } from "../../plan/open-model.ts";
import type { LoadPlan } from "../../plan.ts";
import { waitingMax } from "../count/request-batch.ts";
import type { Member } from "./member.ts";

export function giveJobs(members: readonly Member[], options: LoadOptions): void {
  const { plan, baseUrl, runId, seed, clock, onRequests } = options;
  const common = { plan, baseUrl, runId, seed, originNs: clock.originNs };
  const requests = onRequests === undefined ? {} : { requestBatchesMax: waitingMax(members.length) };
  for (const { name, slot, link } of members)
    link.send({ type: "job", job: { ...common, worker: name, slot, ...requests } });
}

/** Time from "all ready" to the first user, so that every worker has received the message to begin. */
const BEGIN_DELAY_MS = 20;
/** The same for open models: users of a closed model may begin a little late, but arrivals that are due may not. */
const ARRIVALS_DELAY_MS = 60;
/** The longest round trip that the beginning waits for. */
const LINE_MS_MAX = 5_000;

export function beginDelayMs(plan: LoadPlan, members: readonly Member[]): number {
  const linesMs = members.map(({ link }) => Math.min(link.lineMs ?? 0, LINE_MS_MAX));
  return (isOpenModel(plan.executor) ? ARRIVALS_DELAY_MS : BEGIN_DELAY_MS) + Math.max(0, ...linesMs);
}
