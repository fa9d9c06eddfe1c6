/** Options of a claim, read with a clear complaint where they are not what a checker needs. */
import type { Claim } from "../checker.ts";
import { GamedayError } from "../std/errors.ts";
import { isRecord, type Json } from "../std/json.ts";

/** The number under that name, or the fallback where there is none. */
export function numberOption<Fallback>(claim: Claim, name: string, fallback: Fallback): number | Fallback {
  const value = claim.options[name];
  if (value === undefined) return fallback;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw badOption(claim, name, "a number", value);
}

/** One of the words, the first being the default. */
export function wordOption<Word extends string>(claim: Claim, name: string, words: readonly [Word, ...Word[]]): Word {
  const value = claim.options[name];
  if (value === undefined) return words[0];
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw badOption(claim, name, words.join(" or "), value);
}

/** A number for every key: one number for all, or an object of numbers; undefined where neither is given. */
export function numberByKey(claim: Claim, name: string): ((key: string) => number | undefined) | undefined {
  const value = claim.options[name];
  if (value === undefined) return undefined;
  if (typeof value === "number") return () => value;
  if (isRecord(value) && Object.values(value).every((each) => typeof each === "number")) {
    return (key) => (typeof value[key] === "number" ? value[key] : undefined);
  }
  throw badOption(claim, name, "a number, or an object of numbers by key", value);
}

function badOption(claim: Claim, name: string, expected: string, got: Json): GamedayError {
  return new GamedayError({
    code: "claim-bad-option",
    expected: `${name} of "${claim.object}" to be ${expected}`,
    got: JSON.stringify(got),
  });
}
