import { relative } from "node:path";
import type { Plan } from "../plan.ts";
import { isRecord } from "../std/json.ts";

/**
 * Returns the plan as it is recorded, with its paths relative to its own folder again: evidence must not reveal where it was
 * made.
 */
export function portable(plan: Plan, folder: string): Plan {
  const path = (file: string) => relative(folder, file) || ".";
  return {
    ...plan,
    platform: portablePlatform(plan.platform, path),
    load: { ...plan.load, scenarios: plan.load.scenarios.map((one) => ({ ...one, file: path(one.file) })) },
    experiments: plan.experiments.map((one) =>
      one.insideProbes === undefined ? one : { ...one, insideProbes: path(one.insideProbes) },
    ),
    probes: plan.probes === null ? null : { ...plan.probes, file: path(plan.probes.file) },
  };
}

function portablePlatform(platform: Plan["platform"], path: (file: string) => string): Plan["platform"] {
  const app = platform["app"];
  if (!isRecord(app) || typeof app["directory"] !== "string") return platform;
  return { ...platform, app: { ...app, directory: path(app["directory"]) } };
}
