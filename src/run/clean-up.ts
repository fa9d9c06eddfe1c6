/** Takes this run's rows out of the system and reports, with the platform, whatever is left behind. */
import type { Run } from "../run.ts";
import { messageOf } from "../std/errors.ts";
import { isRecord } from "../std/json.ts";

const CLEAN_UP_MS_MAX = 300_000;
const RESTORE_MS_MAX = 120_000;

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
  const found = await run.platform
    .restore(AbortSignal.timeout(RESTORE_MS_MAX))
    .catch((thrown: unknown) => [{ what: `restoring failed: ${messageOf(thrown)}`, where: run.platform.kind }]);
  for (const { what, where } of found) residue(what, where);
  return left;
}

/** Asks until nothing remains, for a clean-up may work in bites; stops when a bite takes nothing away. */
async function cleanData(run: Run): Promise<void> {
  const plan = run.plan.cleanUp;
  if (plan === null) return;
  const url = new URL(plan.path.replaceAll("{run}", encodeURIComponent(run.runId)), run.platform.endpoint());
  url.searchParams.set("run", run.runId);
  const deadline = AbortSignal.timeout(CLEAN_UP_MS_MAX);
  let remaining = Number.POSITIVE_INFINITY;
  while (remaining > 0) {
    const before = remaining;
    remaining = await cleanOnce(url, plan.method, run.runId, deadline);
    if (remaining >= before) throw new Error(`${remaining} rows remain, and asking again takes none of them away`);
  }
}

/** How many rows are left after one call. */
async function cleanOnce(url: URL, method: string, runId: string, signal: AbortSignal): Promise<number> {
  const response = await fetch(url, { method, signal, headers: { "x-gameday-run": runId } });
  const text = await response.text();
  if (!response.ok) throw new Error(`clean-up answered ${response.status}: ${text.slice(0, 200)}`);
  const body: unknown = JSON.parse(text);
  const remaining = isRecord(body) ? Number(body["remaining"]) : Number.NaN;
  if (!(remaining >= 0)) throw new Error(`clean-up did not say what remains: ${text.slice(0, 200)}`);
  return remaining;
}
