/**
 * Decides which worker does what. Users, arrivals and iterations are numbered through the whole run. Each number has a slot as
 * its home, and only the numbers of lost slots move. A worker therefore computes its share from the epoch alone, without a
 * request, and a loss moves no more users than necessary.
 */
import type { Override } from "../plan/schedule.ts";

/** The assignment of numbers to slots in one epoch. */
export interface Shares {
  /** Returns the slot that has a number; -1 when all slots are lost. */
  ownerOf(number: number): number;
  /** Returns the least number >= `from` that the slot has; the slot must be alive. */
  nextOwned(slot: number, from: number): number;
  /** Returns how many of the numbers below `total` a slot has. */
  countOwned(slot: number, total: number): number;
}

/** Returns the shares of a load with one scenario. */
export function plainShares(epoch: Epoch): Shares {
  return {
    ownerOf: (number) => ownerOf(number, epoch),
    nextOwned: (slot, from) => nextOwned(slot, from, epoch),
    countOwned: (slot, total) => countOwned(slot, total, epoch),
  };
}

/** What all workers agree on until the next epoch. Every loss and every live change creates a new one. */
export interface Epoch {
  readonly number: number;
  /** Number of slots of the run, including lost ones. */
  readonly count: number;
  readonly lost: readonly number[];
  readonly overrides: readonly Override[];
}

export function firstEpoch(count: number): Epoch {
  return { number: 1, count, lost: [], overrides: [] };
}

/** Returns the slot that has a number; -1 when all slots are lost. */
export function ownerOf(number: number, epoch: Epoch): number {
  const home = number % epoch.count;
  if (!epoch.lost.includes(home)) return home;
  const alive = aliveSlots(epoch);
  return alive.length === 0 ? -1 : (alive[Math.floor(number / epoch.count) % alive.length] as number);
}

export function aliveSlots(epoch: Epoch): number[] {
  return Array.from({ length: epoch.count }, (_, slot) => slot).filter((slot) => !epoch.lost.includes(slot));
}

/** Returns the least number >= `from` that the slot has. Does not end when the slot is lost. */
export function nextOwned(slot: number, from: number, epoch: Epoch): number {
  if (epoch.lost.length === 0) return from + ((((slot - from) % epoch.count) + epoch.count) % epoch.count);
  let number = from;
  while (ownerOf(number, epoch) !== slot) number++;
  return number;
}

/** Returns how many of the numbers below `total` a slot has. */
export function countOwned(slot: number, total: number, epoch: Epoch): number {
  const home = Math.max(0, Math.ceil((total - slot) / epoch.count));
  if (epoch.lost.length === 0) return home;
  if (epoch.lost.includes(slot)) return 0;
  let adopted = 0;
  for (const lost of epoch.lost)
    for (let number = lost; number < total; number += epoch.count) if (ownerOf(number, epoch) === slot) adopted++;
  return home + adopted;
}
