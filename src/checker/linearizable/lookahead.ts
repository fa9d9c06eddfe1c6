/**
 * Sees early that a search has gone astray: the next answer that needs a certain state can no more have it.
 *
 * Let g be the answered operation, not yet in the order, that returns first of those which need a certain state w (a read of
 * w, a cas from w). Whatever comes before g in the order was called before g returned. So if the state does not lead to w by
 * small steps (for strings: is no beginning of it), then one of the operations that are left and were called before g returned
 * must give a state that does: a write of w, a put of what w begins with. Where there is none, no order of the rest is legal.
 *
 * A necessary condition only, so it prunes nothing that could have been completed.
 */
import { type EventList, isCall, rankOf } from "./event-list.ts";
import type { EventOrder } from "./event-order.ts";
import { ILLEGAL, type Machine } from "./machine.ts";

/** Events that are looked at, so that a look costs no more than a few steps. */
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

  /** Rank of an answer that no order of the rest can explain from this state; -1 where none was seen. */
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

  /** Does one of the answered operations called before the return of `until` fit, but for itself? */
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
