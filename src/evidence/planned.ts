/**
 * Checks that the plan in run.json still contains everything from plan.yaml. The judge uses the plan in run.json, so nobody would
 * notice if a claim was dropped from it. Only what is written in plan.yaml is checked; what later versions of the tool add, or
 * resolve differently, is not a contradiction.
 */
import { isRedacted } from "../plan/secrets.ts";
import { plainValue, readYaml } from "../plan/yaml.ts";
import { GamedayError } from "../std/errors.ts";
import { canonicalJson, isRecord, type Json } from "../std/json.ts";
import { PLAN_FILE } from "./files.ts";

type Fields = Readonly<Record<string, Json>>;

/** Returns, in words, what plan.yaml contains and the recorded plan lacks or changes; empty if they agree. */
export function droppedFrom(recorded: unknown, planText: string): string[] {
  const given = documentOf(planText);
  if (typeof given === "string") return [given];
  if (given === null || !isRecord(recorded)) return [];
  return [
    ...experiments(given, recorded),
    ...claims(given, recorded),
    ...objectives(given, recorded),
    ...stopConditions(given, recorded),
    ...thresholds(given, recorded),
    ...["probes", "autoscaling", "cleanUp"].filter((key) => isGiven(given[key]) && !isGiven(recorded[key])),
  ].map((what) => `run.json lacks or changes what ${PLAN_FILE} says: ${what}`);
}

/** Parses plan.yaml. Returns null if there is nothing to check (or removed secrets made it unreadable), or the error as text. */
function documentOf(text: string): Fields | string | null {
  try {
    const value = plainValue(readYaml(text, PLAN_FILE));
    return isRecord(value) ? value : null;
  } catch (thrown) {
    if (!(thrown instanceof GamedayError)) throw thrown;
    return isRedacted(text) ? null : `${PLAN_FILE} cannot be read: ${thrown.message}`;
  }
}

function experiments(given: Fields, recorded: Fields): string[] {
  const flat = listIn(given, "experiments").flatMap((one) => ("together" in one ? listIn(one, "together") : [one]));
  return flat.flatMap((one) => {
    const known = namedIn(recorded, "experiments", "name", one["name"]);
    const says = `experiment ${text(one["name"])}`;
    if (known === null) return [];
    if (known === undefined || !agrees(one["fault"], known["fault"])) return [says];
    return agrees(one["target"], known["selector"]) ? [] : [`${says}, its target`];
  });
}

function claims(given: Fields, recorded: Fields): string[] {
  return listIn(given, "claims").flatMap((one) => {
    if (isVariable(one["object"])) return [];
    const known = listIn(recorded, "claims").filter(({ object }) => object === one["object"]);
    const isMade = known.some(
      (other) =>
        agrees(one["checkers"], other["checkers"]) &&
        agrees(one["options"], other["options"]) &&
        (!isGiven(one["ledger"]) || (isRecord(other["source"]) && other["source"]["kind"] !== "none")),
    );
    return isMade ? [] : [`the claim about ${text(one["object"])}`];
  });
}

const BOUNDS = ["under", "atMost", "atLeast"];

function objectives(given: Fields, recorded: Fields): string[] {
  return listIn(given, "objectives").flatMap((one) => {
    const known = namedIn(recorded, "objectives", "id", one["id"]);
    if (known === null) return [];
    const bound = isRecord(known?.["bound"]) ? known["bound"] : {};
    const isMade =
      known !== undefined &&
      ["measure", "over"].every((key) => agrees(one[key], known[key])) &&
      BOUNDS.every((key) => agrees(one[key], bound[key]) && (isGiven(one[key]) || !isGiven(bound[key])));
    return isMade ? [] : [`objective ${text(one["id"])}`];
  });
}

/** The stop conditions of plan.yaml, with the fields that they become in the recorded plan. */
const CONDITIONS = [
  ["notRecovered", "notRecoveredMs"],
  ["syncStandbyMissing", "syncStandbyMissingMs"],
  ["errorRate", "errorRate"],
  ["latency", "latency"],
] as const;

function stopConditions(given: Fields, recorded: Fields): string[] {
  if (!isRecord(given["stopWhen"])) return [];
  const [asked, kept] = [given["stopWhen"], isRecord(recorded["stopWhen"]) ? recorded["stopWhen"] : {}];
  const conditions = CONDITIONS.filter(
    ([name, field]) => isGiven(asked[name]) && (asked[name] === "off") === isGiven(kept[field]),
  ).map(([name]) => `stop condition ${name}`);
  const probes = listIn(asked, "probes").filter((one) => namedIn(kept, "probes", "name", one["name"]) === undefined);
  return [...conditions, ...probes.map(({ name }) => `stop condition ${text(name)}`)];
}

function thresholds(given: Fields, recorded: Fields): string[] {
  const [asked, kept] = [given, recorded].map(({ load }) => (isRecord(load) ? load["thresholds"] : undefined));
  if (!isRecord(asked)) return [];
  const of = isRecord(kept) ? kept : {};
  const inList = (metric: string, expression: Json) => {
    const all = of[metric];
    return isVariable(expression) || (Array.isArray(all) && all.includes(expression));
  };
  return Object.entries(asked).flatMap(([metric, given]) => {
    const expressions = (Array.isArray(given) ? given : [given]).filter((one) => typeof one === "string");
    return expressions.every((one) => inList(metric, one)) ? [] : [`the threshold of ${metric}`];
  });
}

function listIn(fields: Fields, key: string): Fields[] {
  const value = fields[key];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** Finds an entry by name. Returns undefined if there is none, and null if its name contains a variable and cannot be found. */
function namedIn(fields: Fields, list: string, key: string, name: Json | undefined): Fields | undefined | null {
  if (isVariable(name)) return null;
  return listIn(fields, list).find((one) => one[key] === name);
}

/** Compares a value with the recorded one. A given value must be recorded unchanged; one that is not given may have any value. */
function agrees(given: Json | undefined, recorded: Json | undefined): boolean {
  if (!isGiven(given) || hasVariable(given)) return true;
  return isGiven(recorded) && canonicalJson(given) === canonicalJson(recorded);
}

function isGiven(value: Json | undefined): value is Json {
  return value !== undefined && value !== null;
}

/** Returns true for `${env:...}` and the like, which were resolved before the plan was recorded, and for removed secrets. */
function isVariable(value: Json | undefined): boolean {
  return typeof value === "string" && (value.includes("${") || isRedacted(value));
}

function hasVariable(value: Json): boolean {
  const written = canonicalJson(value);
  return written.includes("${") || isRedacted(written);
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? `"${value}"` : "without a name";
}
