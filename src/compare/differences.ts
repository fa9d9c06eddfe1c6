/** Describes other differences between compared runs, one line each: their plans, and their order in time. Pure. */
import type { RunRecord } from "../evidence.ts";
import { canonicalJson, isRecord, type Json } from "../std/json.ts";

/** The fields of run.json that a comparison reads. */
export type ComparedRun = Pick<RunRecord, "runId" | "startedAt" | "plan">;

const CHANGES_SHOWN_MAX = 8;
const VALUE_CHARACTERS_MAX = 60;

/** Compares the last run with those before it. Expects two or more runs. */
export function differences(runs: readonly ComparedRun[]): string[] {
  const last = runs.at(-1);
  if (last === undefined) return [];
  const before = runs.slice(0, -1);
  return [...orderOf(runs), ...new Set(before.flatMap((run) => planChanges(run, last)))];
}

function orderOf(runs: readonly ComparedRun[]): string[] {
  return runs.slice(1).flatMap((run, index) => {
    const earlier = runs[index];
    if (earlier === undefined) return [];
    if (earlier.runId === run.runId) return [`run ${run.runId} is given twice, and is compared with itself`];
    if (Date.parse(earlier.startedAt) <= Date.parse(run.startedAt)) return [];
    return [
      `run ${earlier.runId} comes first, but began later (${earlier.startedAt}) than ${run.runId} (${run.startedAt}): give the earlier run first, or read "worse" as "was worse then"`,
    ];
  });
}

function planChanges(before: ComparedRun, now: ComparedRun): string[] {
  const changes = changesOf(before.plan as unknown as Json, now.plan as unknown as Json, "");
  if (changes.length === 0) return [];
  const more = changes.length > CHANGES_SHOWN_MAX ? [`and ${changes.length - CHANGES_SHOWN_MAX} more`] : [];
  const shown = [...changes.slice(0, CHANGES_SHOWN_MAX), ...more];
  return [`the plans of ${now.runId} and ${before.runId} differ: ${shown.join("; ")}`];
}

/** Returns the changes in the order of the plan: "load.vus: 5 -> 10". O(size of both). */
function changesOf(before: Json | undefined, now: Json | undefined, path: string): string[] {
  if (canonicalJson(before ?? null) === canonicalJson(now ?? null)) return [];
  const [old, fresh] = [named(before), named(now)];
  if (old === null || fresh === null) return [`${path || "plan"}: ${shown(before)} -> ${shown(now)}`];
  const keys = [...new Set([...old.keys(), ...fresh.keys()])];
  return keys.flatMap((key) => changesOf(old.get(key), fresh.get(key), `${path}${key}`.replace(/^\./, "")));
}

/** Returns the entries of a map by key, and those of a list by their own names, so that a moved entry is still the same. */
function named(value: Json | undefined): Map<string, Json> | null {
  if (Array.isArray(value)) return new Map(value.map((each, index) => [`[${nameOf(each) ?? index}]`, each]));
  return isRecord(value) ? new Map(Object.entries(value).map(([key, each]) => [`.${key}`, each])) : null;
}

function nameOf(value: Json): string | undefined {
  const name = isRecord(value) ? (value["id"] ?? value["name"] ?? value["file"]) : undefined;
  return typeof name === "string" ? name : undefined;
}

function shown(value: Json | undefined): string {
  if (value === undefined) return "none";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > VALUE_CHARACTERS_MAX ? `${text.slice(0, VALUE_CHARACTERS_MAX)}…` : text;
}
