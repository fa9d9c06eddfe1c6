/** Counts metrics that a script defines with names of its own. */
import { describe } from "../../scenario/shape.ts";
import { placeOf } from "../../scenario/thrown.ts";
import { formatPlace } from "../../std/errors.ts";
import { OWN_METRIC, type Series } from "./metrics.ts";
import type { Scope } from "./scope.ts";

export type CustomKind = "counter" | "gauge" | "rate" | "trend";

/** The names that thresholds can refer to. */
const NAME = /^[^\s{}\p{Cc}]{1,128}$/u;

/** Counts a value and returns its series. Returns the reason, in words, when the value cannot be counted. */
export function countCustom(scope: Scope, kind: CustomKind, name: string, value: number): Series | string {
  const problem = problemOf(name, value);
  if (problem !== null) return problem;
  const series = seriesOf(scope, name, kind);
  if (series === null) return "is of another kind already: a name is one of counter, gauge, rate and trend";
  series.record(value);
  return series;
}

/** Returns a note about a metric that is not counted, with the line of the script where it happened first. */
export function notCounted(name: string, because: string): { readonly key: string; readonly says: string } {
  const metric = describe(name);
  const says = `metric ${metric} ${because}: not counted${calledAt(new Error("a metric"))}`;
  return { key: `metric:${metric}`, says };
}

function problemOf(name: unknown, value: unknown): string | null {
  if (typeof name !== "string" || !NAME.test(name)) return "needs a name without spaces and braces, up to 128 long";
  if (OWN_METRIC.test(name)) return "is the engine's own";
  return Number.isFinite(value) ? null : `was given ${describe(value)}`;
}

function seriesOf(scope: Scope, name: string, kind: CustomKind): Series | null {
  const told = kind === "counter" || kind === "gauge" ? kind : undefined;
  const series = scope.custom(name, "", kind === "trend", told);
  return series.counts(kind === "trend", told) ? series : null;
}

/** Returns the script's place of the call, " (sale.ts:3:5)", or "" when it is unknown. */
function calledAt(here: Error): string {
  const place = placeOf(here);
  return place === undefined ? "" : ` (${formatPlace(place)})`;
}
