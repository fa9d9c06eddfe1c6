/**
 * Searches for a legal order of one part's operations. The search is that of Wing and Gong [1] with Lowe's improvements [2]: a
 * doubly linked list of call and return events, from which an operation is removed when it is put into the order, and a memory of
 * the configurations seen. Porcupine and Knossos do the same; our own additions are marked (A) to (E).
 *
 * Correctness. A linearization is an order of all answered operations and any subset of the open (unanswered) ones, legal for the
 * model, in which a precedes b whenever a returned before b was called. It can be built from left to right: the next operation
 * must have been called before the first return among those not yet in the order, and any such operation may be next as far as
 * real time is concerned. Trying all of them, and backtracking when none is legal, therefore finds an order if one exists. When
 * no answered operation is left, only open ones remain, which need not be in the order, and the search is done.
 *
 * An open operation has no return event, so it remains a candidate forever: it may have had its effect at any time after its
 * call, or never.
 *
 * Memory. What can still follow depends only on the model's state and on which operations are in the order, not on how they got
 * there; a configuration seen before need not be searched again [2].
 *
 * (A) Legal read-only operations are taken at once, without backtracking. Suppose an order of the remaining operations exists in
 * which read r comes later. Moving r to the front violates no real-time constraint (r is a candidate: no remaining operation must
 * precede it, and the others keep their order), r is legal there, and removing it from its later place changes no state. So if
 * any order exists, one with r first exists.
 *
 * (B) Open operations of equal kind, key and input, and therefore of equal effect, form a class, whose members are used in order
 * of their calls. If an order uses b but not a, which was called earlier, then a in b's place is equally legal, and a's only
 * constraint (it was called before the operations after it returned) is the weaker one.
 *
 * (C) Dominance (visited.ts): of two configurations with the same state and the same answered operations, the one that used no
 * more of each class can be completed whenever the other can, by the same operations. So the other is pruned. This holds even
 * while the dominating one is still being searched: by induction on the length of the shortest completion, some configuration
 * that was not pruned has a completion that is no longer, and its search reaches the end.
 *
 * (D) Of answered candidates that are equal in everything but their times, only the one that returns first is tried. If an order
 * begins with another one, b, then a, which returns earlier, comes later in it. Exchange the two: a is a candidate now; b in a's
 * place comes before a's return, and therefore before its own; operations that had to follow a's return still do. The effects are
 * the same.
 *
 * (E) A configuration from which the next answer can no longer be explained is abandoned (lookahead.ts).
 *
 * Cost: exponential in the worst case (the problem is NP-complete [3]), so every configuration counts towards a budget; when the
 * budget is spent, the answer is "unknown". Nearly sequential histories take O(n * overlap) time and memory.
 *
 * [1] Wing, Gong: Testing and verifying concurrent objects (1993). [2] Lowe: Testing for linearizability (2017).
 * [3] Gibbons, Korach: Testing shared memories (1997).
 */
import type { Operation } from "../../history.ts";
import type { Budget, SearchResult } from "./budget.ts";
import { EventList, isCall, rankOf } from "./event-list.ts";
import { type EventOrder, orderEvents } from "./event-order.ts";
import { Frames } from "./frames.ts";
import { classesOf, Twins } from "./interchangeable.ts";
import { Lookahead } from "./lookahead.ts";
import { ILLEGAL, type Machine } from "./machine.ts";
import { Visited } from "./visited.ts";

const STATES_MAX = 5;
const LAST_MAX = 5;

/**
 * Searches one part. `operations` are its answered and unanswered operations, without refused ones; the machine was made for the
 * same list. Without `lookahead`, a refuted search proceeds as far as it can, and its obstacle explains more to a person.
 */
export function search(
  operations: readonly Operation[],
  machine: Machine,
  budget: Budget,
  { lookahead }: { readonly lookahead: boolean } = { lookahead: true },
): SearchResult {
  return new Search(operations, machine, budget, lookahead).run();
}

class Search {
  readonly #machine: Machine;
  readonly #budget: Budget;
  readonly #order: EventOrder;
  readonly #visited: Visited;
  readonly #list: EventList;
  readonly #lookahead: Lookahead | undefined;
  readonly #twins: Twins;
  readonly #frames = new Frames();
  /** Bit r is set if the operation of rank r is in the order. */
  readonly #taken: Uint32Array;
  readonly #classes: readonly (readonly number[])[];
  readonly #used: Uint32Array;
  readonly #words: Uint32Array;
  #state: number;
  #hopeless = 0;
  #spent: SearchResult["spent"] = null;
  /** What was put into the order (a rank, or -1 - class), and the state before each entry. */
  readonly #trail: Int32Array;
  readonly #trailStates: Int32Array;
  #trailLength = 0;
  readonly #obstacle = { returnAt: -1, rank: -1, states: new Set<number>(), last: [] as number[] };

  constructor(operations: readonly Operation[], machine: Machine, budget: Budget, lookahead: boolean) {
    this.#order = orderEvents(operations);
    const count = this.#order.answered.length;
    this.#machine = machine;
    this.#budget = budget;
    this.#state = machine.start;
    this.#classes = classesOf(operations, this.#order, machine);
    this.#twins = new Twins(operations, this.#order, machine);
    this.#used = new Uint32Array(this.#classes.length);
    this.#trail = new Int32Array(operations.length);
    this.#trailStates = new Int32Array(operations.length);
    this.#visited = new Visited(this.#classes.length);
    this.#taken = new Uint32Array((count >>> 5) + 1);
    this.#words = new Uint32Array(this.#taken.length + 2);
    this.#list = new EventList(this.#order);
    this.#lookahead = lookahead ? new Lookahead(this.#order, this.#list, machine, this.#classes) : undefined;
  }

  run(): SearchResult {
    let entered = this.#enter(0);
    while (entered !== "done") {
      if (entered === "over budget") return this.#result("unknown");
      if (this.#frames.depth === 0) return this.#result(false);
      const trailLength = this.#trailLength;
      if (this.#choose()) {
        entered = this.#enter(trailLength);
        continue;
      }
      this.#undoTo(this.#frames.trailLength);
      this.#frames.pop();
    }
    return this.#result(true);
  }

  /** Examines the configuration just reached, and pushes a frame if something is left to try in it. */
  #enter(trailLength: number): "done" | "open" | "pruned" | "over budget" {
    this.#takeReads();
    if (this.#list.isEmpty) return "done";
    const first = this.#list.firstReturn();
    if (this.#isSpent()) {
      this.#noteObstacle(first);
      return "over budget";
    }
    if (this.#isHopeless() || !this.#visited.add(this.#words, this.#encode(first), this.#used)) {
      this.#undoTo(trailLength);
      return "pruned";
    }
    this.#noteObstacle(first);
    this.#frames.push(trailLength, this.#list.first);
    return "open";
  }

  #isHopeless(): boolean {
    const rank = this.#lookahead?.hopeless(this.#state, this.#used) ?? -1;
    if (rank < 0) return false;
    this.#hopeless += 1;
    this.#noteObstacle(rank);
    return true;
  }

  get #cost(): number {
    return this.#visited.cost + this.#hopeless;
  }

  #isSpent(): boolean {
    if (this.#cost >= this.#budget.configurations) this.#spent = "configurations";
    const visited = this.#visited.lookups % 4096 === 0 ? this.#visited.bytes : 0;
    if (this.#machine.bytes + visited > this.#budget.bytes) this.#spent = "memory";
    return this.#spent !== null;
  }

  /** Takes every legal read among the candidates, by (A); doing so may add candidates. */
  #takeReads(): void {
    let entry = this.#list.first;
    while (isCall(entry)) {
      const rank = rankOf(entry);
      const following = this.#list.after(entry);
      const operation = this.#order.answered[rank] ?? 0;
      if (this.#machine.readOnly(operation) && this.#machine.step(this.#state, operation) !== ILLEGAL) {
        // The entry that follows may be this operation's own return, which is removed with it; so continue from the current list.
        const before = this.#list.before(entry);
        this.#take(rank, this.#state);
        entry = this.#list.after(before);
      } else {
        entry = following;
      }
    }
  }

  /** Takes the next legal candidate of the newest frame. Answered operations come first: open ones are used only if necessary. */
  #choose(): boolean {
    const frames = this.#frames;
    while (isCall(frames.entry)) {
      const rank = rankOf(frames.entry);
      frames.entry = this.#list.after(frames.entry);
      const after = this.#machine.step(this.#state, this.#order.answered[rank] ?? 0);
      if (after === ILLEGAL || this.#twins.isBehind(rank, this.#list)) continue;
      this.#take(rank, after);
      return true;
    }
    const limit = this.#order.returnAt[this.#order.answered[this.#list.firstReturn()] ?? 0] ?? 0;
    while (frames.nextClass < this.#classes.length) {
      const number = frames.nextClass++;
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
    this.#note(rank, after);
    this.#taken[rank >>> 5] = (this.#taken[rank >>> 5] ?? 0) | (1 << (rank & 31));
    this.#list.lift(rank);
  }

  #use(number: number, after: number): void {
    this.#note(-1 - number, after);
    this.#used[number] = (this.#used[number] ?? 0) + 1;
  }

  #note(taken: number, after: number): void {
    this.#trail[this.#trailLength] = taken;
    this.#trailStates[this.#trailLength++] = this.#state;
    this.#state = after;
  }

  #undoTo(length: number): void {
    while (this.#trailLength > length) {
      const taken = this.#trail[--this.#trailLength] ?? 0;
      this.#state = this.#trailStates[this.#trailLength] ?? 0;
      if (taken < 0) {
        this.#used[-1 - taken] = (this.#used[-1 - taken] ?? 0) - 1;
        continue;
      }
      this.#taken[taken >>> 5] = (this.#taken[taken >>> 5] ?? 0) & ~(1 << (taken & 31));
      this.#list.putBack(taken);
    }
  }

  /**
   * Writes the configuration's key to #words and returns its length: the state, the rank of the first operation that is not
   * taken, and the bits from there on. All ranks before it are taken. No rank from `calledBefore` on can be taken, because a
   * candidate is called before the first return, and the first return only advances. So the window describes the configuration
   * completely.
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

  /** Records the furthest return at which the search had to stop, and the states in which it did. */
  #noteObstacle(rank: number): void {
    const returnAt = this.#order.returnAt[this.#order.answered[rank] ?? 0] ?? 0;
    const furthest = this.#obstacle;
    if (returnAt < furthest.returnAt) return;
    if (returnAt > furthest.returnAt) {
      furthest.returnAt = returnAt;
      furthest.rank = rank;
      furthest.states.clear();
      furthest.last = [...this.#trail.subarray(Math.max(0, this.#trailLength - LAST_MAX), this.#trailLength)];
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
    return {
      linearizable,
      configurations: this.#cost,
      obstacle: linearizable === true ? null : obstacle,
      spent: this.#spent,
    };
  }

  /**
   * Returns the operation of a trail entry. For a witness any member of a class is suitable, because their descriptions are the
   * same.
   */
  #operationOf(taken: number): number {
    return taken < 0 ? (this.#classes[-1 - taken]?.[0] ?? -1) : (this.#order.answered[taken] ?? -1);
  }
}
