/**
 * Two cases in which sets are simpler than a search of their states.
 *
 * If no operation reads the set as a whole, each element is a separate object (locality, linearize.ts).
 *
 * A set from which nothing is removed only grows, and is decided in time linear in its operations and the elements that they
 * read. Assign each operation a moment between its call and its return, and each element the moment of its birth, which is that
 * of its first add. The birth lies between the earliest call and the earliest return of the element's adds; every other add only
 * has to come later, which is possible. "contains: true" puts the birth before its own return, "contains: false" after its own
 * call. Reads of the whole set must form a chain in which each read has everything that the one before has; births of new
 * elements lie between the two. So all conditions have the forms "not before" and "not after" for one moment, and "this one
 * before that one". The earliest moments that satisfy them are found from left to right, and the history is linearizable if and
 * only if none comes too late. (The idea is that of Gibbons and Korach's schedules for histories whose reads-from relation is
 * known: Testing shared memories, 1997; monotone objects are even simpler.)
 */
import type { Operation } from "../../history.ts";
import { canonicalJson, type Json } from "../../std/json.ts";
import type { Decision, Piece } from "./definition.ts";
import { type EventOrder, orderEvents } from "./event-order.ts";

/** Returns one piece for each element, or the whole if the set is read as a whole. */
export function byElement(operations: readonly Operation[], initial: Json | undefined): readonly Piece[] {
  if (operations.some(({ kind, outcome }) => kind === "read" && outcome.type === "ok"))
    return [{ operations, initial }];
  const first = new Set((Array.isArray(initial) ? initial : []).map(canonicalJson));
  const pieces = new Map<string, { operations: Operation[]; initial: Json }>();
  for (const operation of operations) {
    if (operation.kind === "read") continue;
    const element = canonicalJson(operation.input);
    const piece = pieces.get(element) ?? { operations: [], initial: first.has(element) ? [operation.input] : [] };
    piece.operations.push(operation);
    pieces.set(element, piece);
  }
  return [...pieces.values()];
}

/** When an element was added: not before `from`, not after `by`. */
interface Birth {
  from: number;
  by: number;
  /** The operation that set `by`. */
  witness: number;
  /** The first read that has the element, by its place in the order of reads; Infinity if none has it. */
  rank: number;
}

interface Read {
  readonly index: number;
  readonly elements: readonly string[];
  readonly from: number;
  readonly by: number;
}

export function decideGrowingSet(operations: readonly Operation[], initial: Json | undefined): Decision | undefined {
  if (operations.some(({ kind }) => kind === "remove")) return undefined;
  const order = orderEvents(operations);
  const births = birthsOf(operations, order, initial);
  const wrong = containing(births, operations, order);
  if (wrong !== undefined) return wrong;
  const reads = readsOf(operations, order);
  return chained(reads, births) ?? inTime(reads, births) ?? { linearizable: true };
}

/** Computes the births from the adds alone. Initial elements were born before all calls. */
function birthsOf(
  operations: readonly Operation[],
  { callAt, returnAt }: EventOrder,
  initial: Json | undefined,
): Map<string, Birth> {
  const births = new Map<string, Birth>();
  for (const value of Array.isArray(initial) ? initial : []) {
    births.set(canonicalJson(value), { from: -2, by: -1, witness: -1, rank: Infinity });
  }
  for (const [index, { kind, input }] of operations.entries()) {
    if (kind !== "add") continue;
    const element = canonicalJson(input);
    const birth = births.get(element) ?? { from: Infinity, by: Infinity, witness: index, rank: Infinity };
    birth.from = Math.min(birth.from, callAt[index] ?? 0);
    before(birth, returnAt[index] ?? 0, index);
    births.set(element, birth);
  }
  return births;
}

function containing(
  births: Map<string, Birth>,
  operations: readonly Operation[],
  { answered, callAt, returnAt }: EventOrder,
): Decision | undefined {
  for (const index of answered) {
    const { kind, input, outcome } = operations[index] as Operation;
    if (kind !== "contains" || outcome.type !== "ok") continue;
    const birth = births.get(canonicalJson(input));
    if (outcome.output === true && birth === undefined) return no(index, "it was never added");
    if (birth === undefined) continue;
    if (outcome.output === true) before(birth, returnAt[index] ?? 0, index);
    else birth.from = Math.max(birth.from, callAt[index] ?? 0);
  }
  return undefined;
}

function before(birth: Birth, at: number, index: number): void {
  if (at < birth.by) [birth.by, birth.witness] = [at, index];
}

/** Returns the reads, smaller ones first, because they must have happened first. */
function readsOf(operations: readonly Operation[], { answered, callAt, returnAt }: EventOrder): Read[] {
  const reads: Read[] = [];
  for (const index of answered) {
    const { kind, outcome } = operations[index] as Operation;
    if (kind !== "read" || outcome.type !== "ok") continue;
    const elements = Array.isArray(outcome.output) ? outcome.output.map(canonicalJson) : [];
    reads.push({ index, elements, from: callAt[index] ?? 0, by: returnAt[index] ?? 0 });
  }
  return reads.sort((a, b) => a.elements.length - b.elements.length);
}

/**
 * Checks that each read has everything that the one before has, and has nothing twice or that was never added. Records the rank
 * of each element.
 */
function chained(reads: readonly Read[], births: Map<string, Birth>): Decision | undefined {
  let size = 0;
  for (const [rank, { index, elements }] of reads.entries()) {
    if (new Set(elements).size < elements.length) return no(index, "it holds an element twice");
    let old = 0;
    for (const element of elements) {
      const birth = births.get(element);
      if (birth === undefined) return no(index, `${element} was never added`);
      if (birth.rank === Infinity) birth.rank = rank;
      else old += 1;
    }
    if (old < size) return no(index, "another read has fewer elements, but not a subset of these");
    size = elements.length;
  }
  return undefined;
}

/** Assigns the earliest moments from left to right. Reads of equal elements lie in one gap between births. */
function inTime(reads: readonly Read[], births: Map<string, Birth>): Decision | undefined {
  const byRank = Map.groupBy(births.values(), ({ rank }) => rank);
  let readAt = -Infinity;
  let bornAt = -Infinity;
  for (const [rank, read] of reads.entries()) {
    // Births come after all reads of the previous gap, and all reads of this gap come after the births.
    const born = byRank.get(rank) ?? [];
    const after = readAt;
    for (const birth of born) {
      const at = Math.max(birth.from, after);
      if (at > birth.by)
        return no(read.index, "one of its elements was added before something that another read lacks");
      bornAt = Math.max(bornAt, at);
    }
    const at = Math.max(read.from, bornAt);
    if (at > read.by) return no(read.index, "one of its elements was added only later");
    readAt = Math.max(readAt, at);
  }
  for (const birth of byRank.get(Infinity) ?? []) {
    if (Math.max(birth.from, readAt) <= birth.by) continue;
    // An initial element has no witness of its own. In that case some answer lacks it, and the last read is as suitable a witness
    // as any.
    const witness = birth.witness >= 0 ? birth.witness : (reads.at(-1)?.index ?? 0);
    return no(witness, "a later answer lacks one of its elements");
  }
  return undefined;
}

function no(operation: number, because: string): Decision {
  return { linearizable: false, operation, because };
}
