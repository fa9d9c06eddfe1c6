/**
 * All checkers, as one explicit list in the order in which findings are shown.
 */
import type { Checker, Claim } from "../checker.ts";
import { GamedayError, type Place } from "../std/errors.ts";
import { suggestion } from "../std/suggest.ts";
import { ackedSet } from "./acked-set.ts";
import { bankTotal } from "./bank-total.ts";
import { counterBounds } from "./counter-bounds.ts";
import { duplicates } from "./duplicates.ts";
import { linearizable } from "./linearizable.ts";
import { monotonicReads } from "./monotonic-reads.ts";
import { nonNegativeStock } from "./non-negative-stock.ts";
import { queueTotal } from "./queue-total.ts";
import { readYourWrites } from "./read-your-writes.ts";
import { staleness } from "./staleness.ts";

export const CHECKERS: readonly Checker[] = [
  ackedSet,
  duplicates,
  counterBounds,
  bankTotal,
  nonNegativeStock,
  queueTotal,
  readYourWrites,
  monotonicReads,
  staleness,
  linearizable,
];

/** Returns the checker with that name. Throws GamedayError with the nearest name if none exists. */
export function checkerNamed(name: string): Checker {
  const found = CHECKERS.find((checker) => checker.name === name);
  if (found !== undefined) return found;
  throw new GamedayError({
    code: "checker-unknown",
    expected: "the name of a checker",
    got: `"${name}"`,
    hint: suggestion(
      name,
      CHECKERS.map((checker) => checker.name),
    ),
  });
}

/**
 * Throws GamedayError, with the place if it is given, when the claim has an option that none of its checkers reads or accepts, or
 * when the claim expires and one of its checkers does not allow for that.
 */
export function validateClaim(claim: Claim, place?: Place): void {
  const checkers = claim.checkers.map(checkerNamed);
  const known = [...new Set(checkers.flatMap(({ options }) => options))];
  try {
    for (const name of Object.keys(claim.options)) if (!known.includes(name)) throw unknownOption(claim, name, known);
    const blind = checkers.find(({ knowsExpiry }) => claim.expiresMs !== undefined && knowsExpiry !== true);
    if (blind !== undefined) throw noExpiry(claim, blind.name);
    for (const checker of checkers) checker.begin(claim, { runId: "plan", faults: [], lostWorkers: [] });
  } catch (thrown) {
    throw thrown instanceof GamedayError && place !== undefined ? thrown.at(place) : thrown;
  }
}

function noExpiry({ object }: Claim, checker: string): GamedayError {
  return new GamedayError({
    code: "claim-expires",
    expected: `checkers of "${object}" that allow for objects that expire`,
    got: `"${checker}", which does not`,
    hint: "acked-set and duplicates do; give the others a claim of their own, about an object that does not expire",
  });
}

function unknownOption(claim: Claim, name: string, known: readonly string[]): GamedayError {
  return new GamedayError({
    code: "claim-unknown-option",
    expected: `an option that ${claim.checkers.join(", ")} of "${claim.object}" reads`,
    got: `"${name}"`,
    hint: suggestion(name, known),
  });
}
