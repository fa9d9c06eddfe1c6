/** Takes this run's rows out of the system and reports, with the platform, whatever is left behind. */
import type { Run } from "../run.ts";
import { messageOf } from "../std/errors.ts";
import { isRecord } from "../std/json.ts";

const CLEAN_UP_MS_MAX = 60_000;
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

async function cleanData(run: Run): Promise<void> {
  const plan = run.plan.cleanUp;
  if (plan === null) return;
  const url = new URL(plan.path.replaceAll("{run}", encodeURIComponent(run.runId)), run.platform.endpoint());
  url.searchParams.set("run", run.runId);
  const response = await fetch(url, {
    method: plan.method,
    signal: AbortSignal.timeout(CLEAN_UP_MS_MAX),
    headers: { "x-gameday-run": run.runId },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`clean-up answered ${response.status}: ${text.slice(0, 200)}`);
  const body: unknown = JSON.parse(text);
  const remaining = isRecord(body) ? Number(body["remaining"]) : Number.NaN;
  if (remaining !== 0)
    throw new Error(`${Number.isNaN(remaining) ? "clean-up did not say what remains" : `${remaining} rows remain`}`);
}
