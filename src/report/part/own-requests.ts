/** What users' own requests felt of an experiment, beside what the probes felt: a few failures are an outage for those who met them. */
import type { ExperimentVerdict } from "../../experiment.ts";
import { count, percentage } from "../../std/figure.ts";
import { fromBite } from "../format.ts";
import type { ReportParts } from "../parts.ts";
import type { ExperimentStats, WindowStats } from "../stats.ts";
import { zeroOf } from "./stamps.ts";

const ERRORS_MAX = 3;

export function ownRequestsOf(
  { name }: Pick<ExperimentVerdict, "name">,
  { stats }: ReportParts,
): ExperimentStats | null {
  if (stats.experiments !== undefined) return stats.experiments.find((one) => one.name === name) ?? null;
  // Statistics of earlier versions have only the windows, which may overlap and do not say when requests failed.
  const window = stats.windows.find((one) => one.window === `during:${name}`);
  return window === undefined ? null : { name, ...requestsOf(window), firstFailedMs: null, lastFailedMs: null };
}

function requestsOf({ requests, failed }: WindowStats): Pick<ExperimentStats, "requests" | "failed"> {
  return { requests, failed };
}

/** Returns it in words: how many failed, from when to when, of which errors, and that the probes felt none of it. */
export function ownWords(one: ExperimentVerdict, own: ExperimentStats | null, parts: ReportParts): string {
  if (own === null || own.requests === 0) return "none was counted in that time.";
  if (own.failed === 0) return `none of ${count(own.requests)} failed.`;
  const share = `${count(own.failed)} of ${count(own.requests)} failed (${percentage(own.failed / own.requests)} %)`;
  const [zero, from, to] = [zeroOf(one), own.firstFailedMs, own.lastFailedMs];
  const when = from === null || to === null ? "" : `, between ${fromBite(from - zero)} and ${fromBite(to - zero)}`;
  const errors = errorsOf(one.name, parts.load).map(({ error, failed }) => `${count(failed)} ${error}`);
  const unseen =
    one.outages.length === 0 ? " The probes met none of it: they ask less often, and not for everything." : "";
  return `${share}${when}${errors.length === 0 ? "" : `: ${errors.join(", ")}`}.${unseen}`;
}

function errorsOf(name: string, { failures }: ReportParts["load"]): { error: string; failed: number }[] {
  const byError = new Map<string, number>();
  for (const { error, during } of failures.kinds())
    byError.set(error, (byError.get(error) ?? 0) + (during.get(name) ?? 0));
  return [...byError]
    .map(([error, failed]) => ({ error, failed }))
    .filter(({ failed }) => failed > 0)
    .sort((a, b) => b.failed - a.failed || (a.error < b.error ? -1 : 1))
    .slice(0, ERRORS_MAX);
}
