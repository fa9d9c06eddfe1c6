/**
 * Shares of a load of several scenarios. Assigning numbers to workers in turn would be in step with the pattern that assigns
 * them to scenarios: with two scenarios on two workers, each worker would run only one of them. Therefore each number goes to
 * the worker that has the fewest of its scenario so far, and among equals to the one that has the fewest in all.
 */
import { PATTERN_LENGTH } from "../scenario/weights.ts";
import type { Epoch, Shares } from "./share.ts";

/** The least number of entries that each worker has in a table, so that the uneven rest at its end weighs little. */
const OF_EACH_MIN = 20;
const LENGTH_MAX = 20_000;

/** Returns the shares of an epoch. `pattern` maps a number to its scenario, with a period of PATTERN_LENGTH. */
export function patternShares(epoch: Epoch, pattern: (number: number) => number): Shares {
  const owners = ownersOf(epoch, pattern);
  const { length } = owners;
  const ownerOf = (number: number) => owners[number % length] as number;
  const each = (slot: number, total: number) => {
    let count = 0;
    for (let number = 0; number < total; number++) if (owners[number] === slot) count++;
    return count;
  };
  return {
    ownerOf,
    nextOwned(slot, from) {
      for (let number = from; number < from + length; number++) if (ownerOf(number) === slot) return number;
      return Number.POSITIVE_INFINITY;
    },
    countOwned: (slot, total) => Math.floor(total / length) * each(slot, length) + each(slot, total % length),
  };
}

/** Returns the length of the table: whole periods of both the pattern and the workers, unless that would be too long. */
function lengthFor(count: number): number {
  for (let length = PATTERN_LENGTH; length <= LENGTH_MAX; length += PATTERN_LENGTH)
    if (length % count === 0 && length >= OF_EACH_MIN * count) return length;
  return Math.ceil((OF_EACH_MIN * count) / PATTERN_LENGTH) * PATTERN_LENGTH;
}

/**
 * Returns the slot of each number. The losses are applied in their order, so that each moves only what the lost slot had, and
 * the shares are fair after every loss.
 */
function ownersOf({ count, lost }: Epoch, pattern: (number: number) => number): Int32Array {
  const owners = new Int32Array(lengthFor(count));
  const alive = Array.from({ length: count }, (_, slot) => slot);
  const dealer = new Dealer();
  for (const number of owners.keys()) owners[number] = dealer.deal(pattern(number), alive);
  for (const slot of lost) {
    alive.splice(alive.indexOf(slot), 1);
    const again = new Dealer();
    for (const [number, owner] of owners.entries())
      if (owner === slot) owners[number] = again.deal(pattern(number), alive);
  }
  return owners;
}

class Dealer {
  readonly #ofScenario = new Map<number, number[]>();
  readonly #inAll: number[] = [];

  /** Returns the slot that gets one more number of a scenario; -1 when there are no slots. */
  deal(scenario: number, slots: readonly number[]): number {
    let mine = this.#ofScenario.get(scenario);
    if (mine === undefined) {
      mine = [];
      this.#ofScenario.set(scenario, mine);
    }
    let best = -1;
    let [least, leastInAll] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const slot of slots) {
      const [has, hasInAll] = [mine[slot] ?? 0, this.#inAll[slot] ?? 0];
      if (has > least || (has === least && hasInAll >= leastInAll)) continue;
      [best, least, leastInAll] = [slot, has, hasInAll];
    }
    mine[best] = least + 1;
    this.#inAll[best] = leastInAll + 1;
    return best;
  }
}
