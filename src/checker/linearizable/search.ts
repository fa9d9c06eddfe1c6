/**
 * Looks for a legal order of one part's operations. The search is Wing and Gong's [1] with Lowe's improvements [2]: a
 * doubly linked list of call and return events, out of which an operation is lifted when it is put into the order, and a
 * memory of the configurations seen. Porcupine and Knossos do the same; what is ours is marked (A) to (C).
 *
 * Why it is right. A linearization is an order of all answered operations and any of the open (unanswered) ones, legal
 * for the model, in which a precedes b whenever a returned before b was called. It can be built from left to right: the
 * next operation must have been called before the first return of those not yet in the order, and any such one may be
 * next as far as real time goes. So trying all of them, and going back when none is legal, finds an order if there is
 * one. When no answered operation is left, what is left are open ones, which need not be in the order: done.
 *
 * An open operation has no return event, so it stays a candidate for ever: it may have had its effect at any time after
 * its call, or never.
 *
 * Memory. What can still follow depends only on the model's state and on which operations are in the order, not on how
 * they got there; a configuration seen before need not be searched again [2].
 *
 * (A) Legal read-only operations are taken at once, with no way back. Suppose an order of the rest exists in which read
 * r comes later. Moving r to the front breaks no real-time constraint (r is a candidate: nothing that is left must precede it,
 * and the others keep their order), r is legal there, and its leaving the later place changes no state. So if any
 * order exists, one with r first does.
 *
 * (B) Open operations of equal kind, key and input, so of equal effect, form a class, used in order of their calls. If an
 * order uses b but not the earlier called a, then a in b's place is as legal, and a's only constraint (called before what
 * comes after returned) is the weaker one.
 *
 * (C) Dominance (visited.ts): of two configurations with the same state and the same answered operations, the one that
 * used no more of each class can be completed whenever the other can, by the same operations. So the other is pruned.
 * This holds also while the dominating one is still being searched: by induction on the length of the shortest
 * completion, some configuration that was not pruned has one that is no longer, and its search reaches the end.
 *
 * Cost: exponential in the worst case (the problem is NP-complete [3]), so every configuration counts towards a budget,
 * and when that is spent the answer is "unknown". Near-sequential histories take O(n * overlap) time and memory.
 *
 * [1] Wing, Gong: Testing and verifying concurrent objects (1993). [2] Lowe: Testing for linearizability (2017).
 * [3] Gibbons, Korach: Testing shared memories (1997).
 */
import type { Operation } from "../../history.ts";
import { canonicalJson } from "../../std/json.ts";
import { EventList, isCall, rankOf } from "./event-list.ts";
import { type EventOrder, orderEvents } from "./event-order.ts";
import { ILLEGAL, type Machine } from "./model.ts";
import { Visited } from "./visited.ts";

export interface Budget {
  /** Configurations that may be looked at, over all parts of a history; comparing many counts as well (visited.ts). */
  readonly configurations: number;
  /** Bytes of memory for them, for one part. */
  readonly bytes: number;
}

export const DEFAULT_BUDGET: Budget = { configurations: 10_000_000, bytes: 512 << 20 };

/** How far the search came: the first answer that no order could explain. */
export interface Obstacle {
  /** Index of the operation that could not be put into the order before it returned. */
  readonly operation: number;
  /** States in which an order of all that came before may have left the object; at most STATES_MAX of them. */
  readonly states: readonly string[];
  /** Indices of the last operations of one such order, at most LAST_MAX. */
  readonly last: readonly number[];
}

export interface SearchResult {
  readonly linearizable: boolean | "unknown";
  readonly configurations: number;
  /** Set unless linearizable. */
  readonly obstacle: Obstacle | null;
}

const STATES_MAX = 5;
const LAST_MAX = 5;

/** `operations`: answered and unanswered ones of one part, no refused ones; the machine was made for the same list. */
export function search(operations: readonly Operation[], machine: Machine, budget: Budget): SearchResult {
  const order = orderEvents(operations);
  return new Search(order, classesOf(operations, order, machine), machine, budget).run();
}

/** A place to go back to: how long the trail was before the choice that led here, and what to try next. */
interface Frame {
  readonly trailLength: number;
  entry: number;
  nextClass: number;
}

class Search {
  readonly #machine: Machine;
  readonly #budget: Budget;
  readonly #order: EventOrder;
  readonly #visited: Visited;
  readonly #list: EventList;
  /** Bit r: the operation of rank r is in the order. */
  readonly #taken: Uint32Array;
  readonly #classes: readonly (readonly number[])[];
  readonly #used: Uint32Array;
  readonly #words: Uint32Array;
  #state: number;
  /** What was put into the order: a rank, or -1 - class; and the state before each. */
  readonly #trail: number[] = [];
  readonly #trailStates: number[] = [];
  readonly #obstacle = { returnAt: -1, rank: -1, states: new Set<number>(), last: [] as number[] };

  constructor(order: EventOrder, classes: readonly (readonly number[])[], machine: Machine, budget: Budget) {
    const count = order.answered.length;
    this.#order = order;
    this.#machine = machine;
    this.#budget = budget;
    this.#state = machine.start;
    this.#classes = classes;
    this.#used = new Uint32Array(this.#classes.length);
    this.#visited = new Visited(this.#classes.length);
    this.#taken = new Uint32Array((count >>> 5) + 1);
    this.#words = new Uint32Array(this.#taken.length + 2);
    this.#list = new EventList(order);
  }

  run(): SearchResult {
    const frames: Frame[] = [];
    let entered = this.#enter(0, frames);
    while (entered !== "done") {
      const frame = frames.at(-1);
      if (entered === "over budget") return this.#result("unknown");
      if (frame === undefined) return this.#result(false);
      const trailLength = this.#trail.length;
      if (this.#choose(frame)) {
        entered = this.#enter(trailLength, frames);
        continue;
      }
      this.#undoTo(frame.trailLength);
      frames.pop();
    }
    return this.#result(true);
  }

  /** Looks at the configuration just reached; pushes a frame when there is something left to try in it. */
  #enter(trailLength: number, frames: Frame[]): "done" | "open" | "pruned" | "over budget" {
    this.#takeReads();
    if (this.#list.isEmpty) return "done";
    if (this.#isSpent()) {
      this.#noteObstacle(this.#list.firstReturn());
      return "over budget";
    }
    const first = this.#list.firstReturn();
    if (!this.#visited.add(this.#words, this.#encode(first), this.#used)) {
      this.#undoTo(trailLength);
      return "pruned";
    }
    this.#noteObstacle(first);
    frames.push({ trailLength, entry: this.#list.first, nextClass: 0 });
    return "open";
  }

  #isSpent(): boolean {
    const { lookups, cost } = this.#visited;
    return cost >= this.#budget.configurations || (lookups % 4096 === 0 && this.#visited.bytes > this.#budget.bytes);
  }

  /** (A): takes every legal read among the candidates; more candidates may come within reach as it goes. */
  #takeReads(): void {
    let entry = this.#list.first;
    while (isCall(entry)) {
      const rank = rankOf(entry);
      const following = this.#list.after(entry);
      const operation = this.#order.answered[rank] as number;
      if (this.#machine.readOnly(operation) && this.#machine.step(this.#state, operation) !== ILLEGAL) {
        // Its own return may be what follows, and is lifted with it: then go on from what is there now.
        const before = this.#list.before(entry);
        this.#take(rank, this.#state);
        entry = this.#list.after(before);
      } else {
        entry = following;
      }
    }
  }

  /** Takes the next legal candidate of the frame, answered ones first: open ones are used only where they must be. */
  #choose(frame: Frame): boolean {
    while (isCall(frame.entry)) {
      const rank = rankOf(frame.entry);
      frame.entry = this.#list.after(frame.entry);
      const after = this.#machine.step(this.#state, this.#order.answered[rank] as number);
      if (after === ILLEGAL) continue;
      this.#take(rank, after);
      return true;
    }
    const limit = this.#order.returnAt[this.#order.answered[this.#list.firstReturn()] as number] ?? 0;
    while (frame.nextClass < this.#classes.length) {
      const number = frame.nextClass++;
      const operation = this.#classes[number]?.[this.#used[number] ?? 0];
      if (operation === undefined || (this.#order.callAt[operation] ?? 0) > limit) continue;
      const after = this.#machine.step(this.#state, operation);
      if (after === ILLEGAL || after === this.#state) continue;
      this.#use(number, after);
      return true;
    }
    return false;
  }

  #take(rank: number, after: number): void {
    this.#trail.push(rank);
    this.#trailStates.push(this.#state);
    this.#state = after;
    this.#taken[rank >>> 5] = (this.#taken[rank >>> 5] ?? 0) | (1 << (rank & 31));
    this.#list.lift(rank);
  }

  #use(number: number, after: number): void {
    this.#trail.push(-1 - number);
    this.#trailStates.push(this.#state);
    this.#state = after;
    this.#used[number] = (this.#used[number] ?? 0) + 1;
  }

  #undoTo(length: number): void {
    while (this.#trail.length > length) {
      const taken = this.#trail.pop() ?? 0;
      this.#state = this.#trailStates.pop() ?? 0;
      if (taken < 0) {
        this.#used[-1 - taken] = (this.#used[-1 - taken] ?? 0) - 1;
        continue;
      }
      this.#taken[taken >>> 5] = (this.#taken[taken >>> 5] ?? 0) & ~(1 << (taken & 31));
      this.#list.putBack(taken);
    }
  }

  /**
   * Writes the configuration's key to #words and returns its length: the state, the rank of the first operation that is
   * not taken, and the bits from there on. All ranks before it are taken; none from calledBefore on can be, because a
   * candidate is called before the first return, and the first return only moves on. So the window is the whole truth.
   */
  #encode(firstReturn: number): number {
    const frontier = rankOf(this.#list.first);
    const from = frontier >>> 5;
    const to = (Math.max((this.#list.calledBefore[firstReturn] ?? 0) - 1, frontier) >>> 5) + 1;
    this.#words[0] = this.#state;
    this.#words[1] = frontier;
    for (let at = from; at < to; at++) this.#words[2 + at - from] = this.#taken[at] ?? 0;
    return 2 + to - from;
  }

  /** Remembers the furthest return that the search had to stop at, and the states in which it did. */
  #noteObstacle(rank: number): void {
    const returnAt = this.#order.returnAt[this.#order.answered[rank] as number] ?? 0;
    const furthest = this.#obstacle;
    if (returnAt < furthest.returnAt) return;
    if (returnAt > furthest.returnAt) {
      furthest.returnAt = returnAt;
      furthest.rank = rank;
      furthest.states.clear();
      furthest.last = this.#trail.slice(-LAST_MAX);
    }
    if (furthest.states.size < STATES_MAX) furthest.states.add(this.#state);
  }

  #result(linearizable: boolean | "unknown"): SearchResult {
    const { rank, states, last } = this.#obstacle;
    const obstacle = {
      operation: this.#order.answered[rank] ?? -1,
      states: [...states].map((state) => this.#machine.describe(state)),
      last: last.map((taken) => this.#operationOf(taken)),
    };
    return { linearizable, configurations: this.#visited.cost, obstacle: linearizable === true ? null : obstacle };
  }

  /** For a witness any member of a class does: they say the same. */
  #operationOf(taken: number): number {
    return taken < 0 ? (this.#classes[-1 - taken]?.[0] ?? -1) : (this.#order.answered[taken] ?? -1);
  }
}

/**
 * (B): open operations by kind, key and input, which is all that their effect can depend on; each class in order of its
 * calls. Those that change nothing are left out.
 */
function classesOf(operations: readonly Operation[], { open }: EventOrder, machine: Machine): number[][] {
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
