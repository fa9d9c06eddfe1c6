/**
 * Parses the options of a claim, and throws a clear error where they are not what a checker needs.
 */
import type { Claim } from "../checker.ts";
import { type Decimal, decimalOf } from "../std/decimal.ts";
import { GamedayError } from "../std/errors.ts";
import { isRecord, type Json } from "../std/json.ts";

/** Returns the number under that name, or the fallback if it is absent. */
export function numberOption<Fallback>(claim: Claim, name: string, fallback: Fallback): number | Fallback {
  const value = claim.options[name];
  if (value === undefined) return fallback;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw badOption(claim, name, "a number", value);
}

/** Returns the option, which must be one of the words; the first is the default. */
export function wordOption<Word extends string>(claim: Claim, name: string, words: readonly [Word, ...Word[]]): Word {
  const value = claim.options[name];
  if (value === undefined) return words[0];
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw badOption(claim, name, words.join(" or "), value);
}

/** Returns the exact number under that name, given as a number or as text ("19.99"); undefined if it is absent. */
export function decimalOption(claim: Claim, name: string): Decimal | undefined {
  const value = claim.options[name];
  const found = decimalOf(value);
  if (value === undefined || found !== undefined) return found;
  throw badOption(claim, name, "a number", value);
}

/** Returns how far a number may be off according to the plan, at least 0; undefined if the plan does not specify it. */
export function toleranceOption(claim: Claim): Decimal | undefined {
  const found = decimalOption(claim, "tolerance");
  if (found === undefined || found.units >= 0n) return found;
  throw badOption(claim, "tolerance", "at least 0", claim.options["tolerance"] ?? null);
}

/** Returns an exact number for every key: one number for all keys, or an object of numbers; undefined if the option is absent. */
export function decimalByKey(claim: Claim, name: string): ((key: string) => Decimal | undefined) | undefined {
  const value = claim.options[name];
  if (value === undefined) return undefined;
  const all = decimalOf(value);
  if (all !== undefined) return () => all;
  if (isRecord(value) && Object.values(value).every((each) => decimalOf(each) !== undefined)) {
    return (key) => (Object.hasOwn(value, key) ? decimalOf(value[key]) : undefined);
  }
  throw badOption(claim, name, "a number, or an object of numbers by key", value);
}

export function badOption(claim: Claim, name: string, expected: string, got: Json): GamedayError {
  return new GamedayError({
    code: "claim-bad-option",
    expected: `${name} of "${claim.object}" to be ${expected}`,
    got: JSON.stringify(got),
  });
}
