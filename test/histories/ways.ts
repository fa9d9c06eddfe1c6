/**
 * Compares each way to decide a history with the oracle separately; `linearize` uses the first way that succeeds.
 */

import { DEFAULT_BUDGET } from "../../src/checker/linearizable/budget.ts";
import { modelNamed } from "../../src/checker/linearizable/models.ts";
import { type Part, type PartResult, Referee } from "../../src/checker/linearizable/part.ts";
import { partition } from "../../src/checker/linearizable/partition.ts";
import type { Operation } from "../../src/history.ts";
import { seededRandom } from "../../src/std/random.ts";
import { isLinearizable } from "./oracle.ts";
import { corrupt, execute, type Shape } from "./random-history.ts";

export type Way = "easy" | "special" | "hard";

export interface WayComparison {
  /** The number of histories that the way decided, and how many of them are linearizable. */
  readonly decided: number;
  readonly linearizable: number;
  readonly disagreements: readonly { readonly seed: string; readonly operations: readonly Operation[] }[];
}

/**
 * Compares `histories` tiny histories from one seed, decided in only one way. Most have unanswered operations, and most are
 * corrupted.
 */
export function compareWay(
  way: Way,
  histories: number,
  seed: string,
  shape: Pick<Shape, "model" | "distinct" | "without">,
): WayComparison {
  const disagreements: { seed: string; operations: readonly Operation[] }[] = [];
  let decided = 0;
  let linearizable = 0;
  for (let number = 0; number < histories; number++) {
    const own = `${seed}/${number}`;
    const operations = tiny(own, shape);
    const answer = decide(way, operations, shape.model);
    if (answer === undefined) continue;
    const truth = isLinearizable(operations, shape.model);
    decided += 1;
    if (truth) linearizable += 1;
    if (answer !== truth) disagreements.push({ seed: own, operations });
  }
  return { decided, linearizable, disagreements };
}

function tiny(seed: string, shape: Pick<Shape, "model" | "distinct" | "without">): Operation[] {
  const random = seededRandom(seed);
  let operations = execute(
    {
      ...shape,
      processes: 2 + random.int(3),
      operations: 5 + random.int(4),
      values: 2 + random.int(2),
      keys: 1,
      unanswered: random.pick([0, 0.2, 0.4]),
      ticksMax: random.pick([1, 2, 3, 6]),
    },
    random,
  );
  for (let times = random.pick([0, 2, 5, 9]); times > 0; times--) operations = corrupt(operations, random);
  return operations;
}

/** Returns undefined if the way does not decide one of the parts. */
function decide(way: Way, operations: readonly Operation[], name: string): boolean | undefined {
  const model = modelNamed(name);
  const referee = new Referee(model);
  const ways: Record<Way, (part: Part) => PartResult | undefined> = {
    easy: (part) => referee.easy(part, DEFAULT_BUDGET),
    special: (part) => referee.special(part),
    hard: (part) => referee.hard(part, DEFAULT_BUDGET),
  };
  const results = partition(operations, model, undefined).map((part) => ways[way](part)?.linearizable);
  if (results.includes(false)) return false;
  return results.every((result) => result === true) ? true : undefined;
}
