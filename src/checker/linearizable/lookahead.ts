/**
 * Detects early that a search cannot succeed: the next answer that needs a certain state can no longer have it.
 *
 * Let g be the answered operation, not yet in the order, that returns first of those that need a certain state w (a read of w, a
 * cas from w). Every operation before g in the order was called before g returned. So if the current state does not lead to w by
 * small steps (for strings: is not a prefix of w), then one of the remaining operations that were called before g returned must
 * give a state that does: a write of w, or a put of a prefix of w. If there is none, no order of the remaining operations is
 * legal.
 *
 * This is only a necessary condition, so it prunes nothing that could have been completed.
 */
import { type EventList, isCall, rankOf } from "./event-list.ts";
import type { EventOrder } from "./event-order.ts";
import { ILLEGAL, type Machine } from "./machine.ts";

/** The most events that are inspected, so that one lookahead costs no more than a few steps. */
const EVENTS_MAX = 256;
const NONE = -1;

export class Lookahead {
  readonly #order: EventOrder;
  readonly #list: EventList;
  readonly #machine: Machine;
  readonly #classes: readonly (readonly number[])[];

  constructor(order: EventOrder, list: EventList, machine: Machine, classes: readonly (readonly number[])[]) {
    this.#order = order;
    this.#list = list;
    this.#machine = machine;
    this.#classes = classes;
  }

  /**
   * Returns the rank of an answer that no order of the remaining operations can explain from this state; -1 if none was found.
   */
  hopeless(state: number, used: Uint32Array): number {
    const { leadsTo } = this.#machine;
    if (leadsTo === undefined) return NONE;
    const rank = this.#firstInNeed();
    if (rank === NONE) return NONE;
    const needed = this.#machine.needs(this.#operation(rank));
    if (state === needed || leadsTo(state, needed)) return NONE;
    const gives = (operation: number) => {
      const given = this.#machine.gives(operation);
      return given !== ILLEGAL && leadsTo(given, needed);
    };
    return this.#someCalled(rank, gives) || this.#someOpen(rank, used, gives) ? NONE : rank;
  }

  #operation(rank: number): number {
    return this.#order.answered[rank] ?? 0;
  }

  #firstInNeed(): number {
    let entry = this.#list.first;
    for (let seen = 0; entry >= 0 && seen < EVENTS_MAX; seen++, entry = this.#list.after(entry)) {
      if (!isCall(entry) && this.#machine.needs(this.#operation(rankOf(entry))) !== ILLEGAL) return rankOf(entry);
    }
    return NONE;
  }

  /** Returns whether one of the answered operations called before the return of `until`, other than `until` itself, fits. */
  #someCalled(until: number, fits: (operation: number) => boolean): boolean {
    for (let entry = this.#list.first; entry >= 0; entry = this.#list.after(entry)) {
      const rank = rankOf(entry);
      if (rank === until && !isCall(entry)) return false;
      if (isCall(entry) && rank !== until && fits(this.#operation(rank))) return true;
    }
    return false;
  }

  #someOpen(until: number, used: Uint32Array, fits: (operation: number) => boolean): boolean {
    const limit = this.#order.returnAt[this.#operation(until)] ?? 0;
    return this.#classes.some((members, number) => {
      const operation = members[used[number] ?? 0];
      return operation !== undefined && (this.#order.callAt[operation] ?? 0) < limit && fits(operation);
    });
  }
}
