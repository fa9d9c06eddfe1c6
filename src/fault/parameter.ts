/** Parameters of faults: short constructors for the catalogue, and the validation of what a plan gives. */
import type { FaultKind, Parameter, ParameterOf } from "../fault.ts";
import { DURATION_MS_MAX, parseDuration } from "../plan/duration.ts";
import { selectorSchema } from "../plan/schema.ts";
import { GamedayError, type Place } from "../std/errors.ts";
import type { Json } from "../std/json.ts";
import { suggestion } from "../std/suggest.ts";
import { EVERYBODY } from "./peers.ts";

export type Parameters = Readonly<Record<string, Json>>;

export const duration = (says: string, defaultMs: number): ParameterOf<"duration", number> => ({
  type: { is: "duration", signed: false },
  default: defaultMs,
  says,
});
export const signedDuration = (says: string, defaultMs: number): ParameterOf<"duration", number> => ({
  type: { is: "duration", signed: true },
  default: defaultMs,
  says,
});
export const whole = (says: string, byDefault: number, min: number, max: number): ParameterOf<"number", number> => ({
  type: { is: "number", min, max, whole: true },
  default: byDefault,
  says,
});
export const percent = (says: string, byDefault: number): ParameterOf<"number", number> => ({
  type: { is: "number", min: 0.1, max: 100, whole: false },
  default: byDefault,
  says,
});
export const choice = <const Of extends string>(says: string, ...of: [Of, ...Of[]]): ParameterOf<"choice", Of> => ({
  type: { is: "choice", of },
  default: of[0],
  says,
});
export const flag = (says: string, byDefault: boolean): ParameterOf<"flag", boolean> => ({
  type: { is: "flag" },
  default: byDefault,
  says,
});
export const argv = (says: string, byDefault?: string[]): ParameterOf<"argv", string[]> => ({
  type: { is: "argv" },
  default: byDefault,
  says,
});

/** Returns the name of a parameter after resolution: a duration's name has its unit. */
export function resolvedName(name: string, parameter: Parameter): string {
  return parameter.type.is === "duration" ? `${name}Ms` : name;
}

/**
 * Validates what a plan gives, fills in the defaults, and returns durations in milliseconds under their resolved names.
 * Resolving its own result again changes nothing. Throws GamedayError for an unknown, missing or wrong parameter.
 */
export function resolveParameters(kind: FaultKind, given: Parameters, place?: Place): Parameters {
  refuseUnknown(kind, given, place);
  const entries = Object.entries(kind.parameters).map(([name, parameter]): [string, Json] => {
    const about = { kind, name, parameter, place };
    const resolved = resolvedName(name, parameter);
    const own = given[name];
    const value = given[resolved] ?? own ?? parameter.default;
    // A value that a person writes needs a unit: some would read a bare number as seconds, others as milliseconds.
    const bare = resolved !== name && given[resolved] === undefined && typeof own === "number" && own !== 0;
    if (bare) throw complaint(about, `${own}, without a unit`);
    if (value === undefined) throw complaint(about, "nothing");
    return [resolved, checked(about, value)];
  });
  return Object.fromEntries(entries);
}

/** Describes a type for authors of plans: "a duration", "0.1 to 100", `"drop" or "reject"`. */
export function describeType({ type }: Parameter): string {
  switch (type.is) {
    case "duration":
      return type.signed ? 'a duration such as "30s" or "-30s"' : 'a duration such as "200ms"';
    case "number":
      return `${type.whole ? "a whole number" : "a number"} from ${type.min} to ${type.max}`;
    case "choice":
      return type.of.map((one) => `"${one}"`).join(" or ");
    case "flag":
      return "true or false";
    case "peers":
      return "a selector such as { role: redis }, or a list of some";
    case "argv":
      return 'a command as a list of words such as ["systemctl", "stop", "redis"]';
  }
}

function refuseUnknown(kind: FaultKind, given: Parameters, place: Place | undefined): void {
  const known = Object.keys(kind.parameters);
  const resolved = Object.entries(kind.parameters).map(([name, parameter]) => resolvedName(name, parameter));
  for (const name of Object.keys(given)) {
    if (known.includes(name) || resolved.includes(name)) continue;
    throw new GamedayError({
      code: "fault-parameter-unknown",
      expected: `a parameter of fault "${kind.name}"`,
      got: `"${name}"`,
      hint: known.length === 0 ? `"${kind.name}" takes no parameters` : suggestion(name, known),
      ...(place === undefined ? {} : { place }),
    });
  }
}

/** The parameter that is resolved, and where its fault stands in the plan. */
interface About {
  readonly kind: FaultKind;
  readonly name: string;
  readonly parameter: Parameter;
  readonly place: Place | undefined;
}

function checked(about: About, value: Json): Json {
  const result = read(about.parameter, value);
  if (result === undefined) throw complaint(about, JSON.stringify(value));
  return result;
}

function read({ type }: Parameter, value: Json): Json | undefined {
  switch (type.is) {
    case "duration":
      return typeof value === "string" || typeof value === "number" ? readDuration(value, type.signed) : undefined;
    case "number":
      return typeof value === "number" && inRange(value, type) ? value : undefined;
    case "choice":
      return typeof value === "string" && type.of.includes(value) ? value : undefined;
    case "flag":
      return typeof value === "boolean" ? value : undefined;
    case "peers":
      return value === EVERYBODY || isPeers(value) ? value : undefined;
    case "argv":
      return isArgv(value) ? value : undefined;
  }
}

/**
 * Parses a duration. A number is in milliseconds, as in resolved parameters. A signed duration may be negative (a clock that
 * is behind): "-5m".
 */
function readDuration(value: string | number, signed: boolean): number | undefined {
  if (typeof value === "number")
    return Math.abs(value) <= DURATION_MS_MAX && (signed || value >= 0) ? value : undefined;
  const text = value.trim();
  if (!signed || !text.startsWith("-")) return parseDuration(value);
  const size = parseDuration(text.slice(1));
  return size === undefined ? undefined : -size;
}

function inRange(value: number, type: { min: number; max: number; whole: boolean }): boolean {
  return value >= type.min && value <= type.max && (!type.whole || Number.isInteger(value));
}

/**
 * Returns whether a value is one selector or a list of them. An empty selector is refused, because it would match everything:
 * "everybody" means that.
 */
function isPeers(value: Json): boolean {
  const selectors = Array.isArray(value) ? value : [value];
  const says = (one: Json) => selectorSchema.safeParse(one).success && Object.keys(one as object).length > 0;
  return selectors.length > 0 && selectors.every(says);
}

function isArgv(value: Json): value is string[] {
  return Array.isArray(value) && value.every((word) => typeof word === "string");
}

function complaint({ kind, name, parameter, place }: About, got: string) {
  return new GamedayError({
    code: "fault-parameter-wrong",
    expected: `parameter "${name}" of fault "${kind.name}" to be ${describeType(parameter)}`,
    got,
    hint: parameter.says,
    ...(place === undefined ? {} : { place }),
  });
}
