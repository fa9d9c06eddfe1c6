/** Counts metrics that a script defines with names of its own. */
import { describe } from "../../scenario/shape.ts";
import { placeOf } from "../../scenario/thrown.ts";
import { formatPlace } from "../../std/errors.ts";
import { OWN_METRIC, type Series } from "./metrics.ts";
import type { Scope } from "./scope.ts";

export type CustomKind = "counter" | "gauge" | "rate" | "trend";

/** The names that thresholds can refer to. */
const NAME = /^[^\s{}\p{Cc}]{1,128}$/u;

/**
 * Counts a value and returns its series. Returns null when the value is not counted; a note then gives the reason and the line
 * where it happened first.
 */
export function countCustom(
  scope: Scope,
  world: { onNote(key: string, says: string): void },
  name: string,
  value: number,
  kind: CustomKind,
): Series | null {
  const problem = problemOf(name, value);
  const series = problem === null ? seriesOf(scope, name, kind) : null;
  if (series !== null) {
    series.record(value);
    return series;
  }
  const says = problem ?? "is of another kind already: a name is one of counter, gauge, rate and trend";
  const metric = describe(name);
  world.onNote(`metric:${metric}`, `metric ${metric} ${says}: not counted${calledAt(new Error("a metric"))}`);
  return null;
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
