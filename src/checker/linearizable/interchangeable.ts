/**
 * Operations that are interchangeable, so that a search need not try each of them; search.ts explains why.
 */
import type { Operation } from "../../history.ts";
import { canonicalJson } from "../../std/json.ts";
import { type EventList, isCall, rankOf } from "./event-list.ts";
import type { EventOrder } from "./event-order.ts";
import { ILLEGAL, type Machine } from "./machine.ts";

/**
 * Returns the classes of (B): open operations grouped by kind, key and input, which is all that their effect can depend on. Each
 * class is in order of its calls. Operations that change nothing are left out.
 */
export function classesOf(operations: readonly Operation[], { open }: EventOrder, machine: Machine): number[][] {
  const classes = new Map<string, number[]>();
  for (const index of open) {
    const operation = operations[index];
    if (operation === undefined || machine.readOnly(index)) continue;
    const name = canonicalJson([operation.kind, operation.key ?? null, operation.input]);
    const members = classes.get(name);
    if (members === undefined) classes.set(name, [index]);
    else members.push(index);
  }
  return [...classes.values()];
}

const ALONE = -1;

/** The answered operations of (D): those that changed the object and are equal in everything but their times. */
export class Twins {
  readonly #order: EventOrder;
  /** The number of the class for each rank, or ALONE. */
  readonly #classes: Int32Array;

  constructor(operations: readonly Operation[], order: EventOrder, machine: Machine) {
    this.#order = order;
    const first = new Map<string | number, number>();
    this.#classes = new Int32Array(order.answered.length).fill(ALONE);
    for (const [rank, index] of order.answered.entries()) {
      const operation = operations[index];
      if (operation === undefined || machine.readOnly(index)) continue;
      const name = nameOf(operation, index, machine);
      const twin = first.get(name);
      if (twin === undefined) first.set(name, rank);
      else this.#classes[rank] = this.#classes[twin] = twin;
    }
  }

  /** Returns whether a twin among the candidates returns earlier, and must therefore be taken first. */
  isBehind(rank: number, list: EventList): boolean {
    const own = this.#classes[rank] ?? ALONE;
    if (own === ALONE) return false;
    const returnAt = this.#returnOf(rank);
    for (let entry = list.first; isCall(entry); entry = list.after(entry)) {
      const other = rankOf(entry);
      if (this.#classes[other] === own && this.#returnOf(other) < returnAt) return true;
    }
    return false;
  }

  #returnOf(rank: number): number {
    return this.#order.returnAt[this.#order.answered[rank] ?? 0] ?? 0;
  }
}

/** Identifies a step by everything that it can depend on; for most steps the state that it gives suffices. */
function nameOf({ kind, key, input, outcome }: Operation, index: number, machine: Machine): string | number {
  const [needs, gives] = [machine.needs(index), machine.gives(index)];
  if (gives !== ILLEGAL && machine.isPlain(index)) return (needs + 1) * 2 ** 26 + gives;
  return canonicalJson([kind, key ?? null, input, outcome.type === "ok" ? outcome.output : null]);
}
