/** The record of a load against a bare URL, for tests. */
import { EVIDENCE_VERSION, type RunRecord } from "../evidence.ts";
import { barePlan } from "../plan/bare.ts";
import type { LoadPlan } from "../plan.ts";

export function bareRunOf(load: Partial<LoadPlan> = {}, runId = "r"): RunRecord {
  const whole = { scenarios: [], executor: "constant-vus", stages: [], workers: 1, gracefulStopMs: 0, env: {} };
  const plan = barePlan({ name: "l", url: "http://a", seed: null, load: { ...whole, thresholds: {}, ...load } });
  const tool = { name: "gameday", version: "0" };
  return { version: EVIDENCE_VERSION, runId, plan, seed: "s", command: "", startedAt: "", tool, environment: {} };
}
