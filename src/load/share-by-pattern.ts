/**
 * Shares of a load of several scenarios. Numbers that go round the workers would be in step with the pattern in which they go
 * round the scenarios: of two scenarios on two workers each would have the one. So each number goes to the worker that has
 * the fewest of its scenario until then, and of those to the one that has the fewest in all.
 */
import { PATTERN_LENGTH } from "../scenario/weights.ts";
import type { Epoch, Shares } from "./share.ts";

/** Numbers that each worker has of a table, at least: what is left over at its end weighs little then. */
const OF_EACH_MIN = 20;
const LENGTH_MAX = 20_000;

/** `pattern`: the scenario of a number, with a period of PATTERN_LENGTH. */
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

/** One whole turn of the pattern and of the workers where that is not too long. */
function lengthFor(count: number): number {
  for (let length = PATTERN_LENGTH; length <= LENGTH_MAX; length += PATTERN_LENGTH)
    if (length % count === 0 && length >= OF_EACH_MIN * count) return length;
  return Math.ceil((OF_EACH_MIN * count) / PATTERN_LENGTH) * PATTERN_LENGTH;
}

/** The losses in their order, so that each moves only what the lost slot had; fairly at every moment, not only in the end. */
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

  /** The slot that gets one more of a scenario; -1: there is none. */
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
