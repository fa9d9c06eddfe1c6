/** All checkers there are: one explicit list, in the order in which findings are shown. */
import type { Checker } from "../checker.ts";
import { GamedayError } from "../std/errors.ts";
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

/** The checker of that name; throws GamedayError with the nearest name when there is none. */
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
