/**
 * Deadlines of many requests, at the cost of one list entry each. All deadlines of one length wait in one list, in the order
 * of their due times, so that only the head of each list is ever inspected. One timer serves all lists.
 */
const TICK_MS = 10;

/** One entry of a list of deadlines. Its owner keeps it and reuses it. */
export class Deadline {
  dueMs = 0;
  previous: Deadline | null = null;
  next: Deadline | null = null;
  list: DeadlineList | null = null;
  readonly #owner: { onDue(): void };

  constructor(owner: { onDue(): void }) {
    this.#owner = owner;
  }

  onDue(): void {
    this.#owner.onDue();
  }
}

export interface DeadlineList {
  readonly lengthMs: number;
  first: Deadline | null;
  last: Deadline | null;
}

/** Inserts by due time: nearly always at the end, but a deadline that started long ago (a delayed call) comes before others. */
function insert(list: DeadlineList, deadline: Deadline): void {
  let before = list.last;
  while (before !== null && before.dueMs > deadline.dueMs) before = before.previous;
  const after = before === null ? list.first : before.next;
  deadline.previous = before;
  deadline.next = after;
  if (before === null) list.first = deadline;
  else before.next = deadline;
  if (after === null) list.last = deadline;
  else after.previous = deadline;
}

export class Deadlines {
  readonly #lists = new Map<number, DeadlineList>();
  /** The list that was used last, because nearly all requests have the same timeout. */
  #lastUsed: DeadlineList | null = null;
  #waiting = 0;
  #timer: NodeJS.Timeout | null = null;

  /** Calls the owner's `onDue` when `lengthMs` have passed since `nowMs` (performance.now()), unless the deadline is removed. */
  add(deadline: Deadline, lengthMs: number, nowMs: number): void {
    if (deadline.list !== null) this.remove(deadline);
    const list = this.#list(lengthMs);
    deadline.dueMs = nowMs + lengthMs;
    deadline.list = list;
    insert(list, deadline);
    this.#waiting++;
    if (this.#timer === null) this.#schedule();
  }

  remove(deadline: Deadline): void {
    const { list, previous, next } = deadline;
    if (list === null) return;
    if (previous === null) list.first = next;
    else previous.next = next;
    if (next === null) list.last = previous;
    else next.previous = previous;
    deadline.list = null;
    deadline.previous = null;
    deadline.next = null;
    this.#waiting--;
  }

  #list(lengthMs: number): DeadlineList {
    if (this.#lastUsed?.lengthMs === lengthMs) return this.#lastUsed;
    let list = this.#lists.get(lengthMs);
    if (list === undefined) {
      // Scripts that compute a new timeout for every request would leave a list for each, so empty lists are removed.
      if (this.#lists.size > 1000) this.#forgetEmptyLists();
      list = { lengthMs, first: null, last: null };
      this.#lists.set(lengthMs, list);
    }
    this.#lastUsed = list;
    return list;
  }

  #forgetEmptyLists(): void {
    this.#lastUsed = null;
    for (const [length, list] of this.#lists) if (list.first === null) this.#lists.delete(length);
  }

  #schedule(): void {
    this.#timer = setTimeout(() => this.#tick(performance.now()), TICK_MS);
  }

  /** Expires deadlines after sockets were polled, so that answers that came while this process was stalled are read first. */
  #tick(nowMs: number): void {
    setImmediate(() => {
      for (const list of this.#lists.values()) this.#expire(list, nowMs);
      if (this.#waiting > 0) this.#schedule();
      else this.#timer = null;
    });
  }

  #expire(list: DeadlineList, nowMs: number): void {
    while (list.first !== null && list.first.dueMs <= nowMs) {
      const due = list.first;
      this.remove(due);
      due.onDue();
    }
  }
}
