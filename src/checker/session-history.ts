/**
 * The history under read-your-writes, monotonic-reads and staleness, by key. It supports two kinds of object:
 *
 * - registers: "write" (input: the value) and "cas", and "read" whose ok output is the value (null: nothing was written);
 * - collections: "add" (its id is found by the option `correlate`) and "remove" (input.id, or else key), and "read" whose ok
 *   output is the list of the ids that exist. `key` names the collection, also for an add, and for a remove that has input.id. A
 *   list that lacks some elements (a page) must not be recorded as a read.
 *
 * Values of registers are compared as numbers where the option `numeric` applies (numeric.ts).
 *
 * A session is one process (of the history). Everything is kept until the end, because an answer is judged by writes that
 * complete later: O(operations) memory.
 */
import type { Claim } from "../checker.ts";
import type { Operation } from "../history.ts";
import { isRecord } from "../std/json.ts";
import { type Correlation, correlationOf } from "./correlation.ts";
import { type Normalize, normalized, numericOption } from "./numeric.ts";
import { ValueTimes } from "./value-times.ts";

/** An acknowledged element of a collection. `keys()` leaves out elements that an operation tried to remove. */
export interface Element {
  readonly id: string;
  readonly by: string;
  readonly invokedAtMs: number;
  readonly acknowledgedAtMs: number;
}

export interface KeyHistory {
  readonly key: string;
  readonly times: ValueTimes;
  /** Acknowledged register writes, by completion. */
  readonly writes: Operation[];
  readonly elements: Element[];
  /** Answered reads, by completion. */
  readonly reads: Operation[];
}

export class SessionHistory {
  readonly #claim: Claim;
  readonly #correlation: Correlation;
  readonly #normalize: Normalize;
  readonly #keys = new Map<string, KeyHistory>();
  readonly #removed = new Set<string>();

  constructor(claim: Claim) {
    this.#claim = claim;
    this.#correlation = correlationOf(claim);
    this.#normalize = numericOption(claim);
  }

  operation(operation: Operation): void {
    if (operation.object !== this.#claim.object || operation.outcome.type === "refused") return;
    const history = this.#history(operation.key ?? "");
    const answered = operation.outcome.type === "ok";
    if (operation.kind === "read") {
      if (answered) history.reads.push(idsRead(operation) === undefined ? this.#register(operation) : operation);
    } else if (operation.kind === "add") {
      this.#add(history, operation);
    } else if (operation.kind === "remove") {
      const id = isRecord(operation.input) ? (operation.input["id"] ?? operation.key) : operation.key;
      if (id !== undefined && id !== null) this.#removed.add(String(id));
    } else {
      const register = this.#register(operation);
      history.times.note(register);
      if (answered && register.kind === "write") history.writes.push(register);
    }
  }

  /** Returns the history by key, without elements that an operation removed or tried to remove. */
  keys(): KeyHistory[] {
    return [...this.#keys.values()].map((history) => ({
      ...history,
      elements: history.elements.filter(({ id }) => !this.#removed.has(id)),
    }));
  }

  /** Normalizes the values of a register, because they are compared; ids of a collection remain unchanged. */
  #register(operation: Operation): Operation {
    return normalized(operation, this.#normalize);
  }

  #add(history: KeyHistory, operation: Operation): void {
    const id = this.#correlation.idOf(operation);
    const { outcome, completedAtMs, invokedAtMs } = operation;
    if (id === undefined || outcome.type !== "ok" || completedAtMs === null) return;
    history.elements.push({ id, by: operation.process, invokedAtMs, acknowledgedAtMs: completedAtMs });
  }

  #history(key: string): KeyHistory {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    const fresh: KeyHistory = { key, times: new ValueTimes(), writes: [], elements: [], reads: [] };
    this.#keys.set(key, fresh);
    return fresh;
  }
}

/** Returns the ids in the answer to a read of a collection; undefined for a register's read. */
export function idsRead({ outcome }: Operation): Set<string> | undefined {
  if (outcome.type !== "ok" || !Array.isArray(outcome.output)) return undefined;
  return new Set(outcome.output.map(String));
}

/** Returns the items grouped by `nameOf`, in order. */
export function groupBy<T>(items: readonly T[], nameOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}
