/**
 * The fold under acked-set and duplicates: it records what happened to each logical write, by its ledger id.
 *
 * Input: operations on the claim's object of kind "add" (one logical write; a retry has the same id and a higher attempt) and
 * "remove" (a delete by the scenario; `input.id`, or else `key`, is the ledger id of the removed write), followed by the ledger's
 * items of that object. Only ids that were attempted, or that begin with this run's prefix, are considered.
 *
 * O(1) time per line; about 100 bytes per logical id in addition to the id itself, in typed arrays.
 */
import type { Claim, RunFacts } from "../checker.ts";
import type { Operation } from "../history.ts";
import { bitOf, LedgerReads } from "../ledger/reads.ts";
import type { LedgerItem, LedgerLine } from "../ledger.ts";
import { isRecord } from "../std/json.ts";
import { counts, flags, milliseconds } from "./column.ts";
import { type Correlation, correlationOf } from "./correlation.ts";
import { FaultWindows } from "./fault-windows.ts";
import { IdTable } from "./id-table.ts";
import { type Altered, SentValues } from "./sent-values.ts";

/**
 * What is known about a logical id, as bits. Several attempts are combined: a single ok makes the write acknowledged, regardless
 * of the other attempts.
 */
export const Known = { ok: 1, unknown: 2, refused: 4, removed: 8, removedPerhaps: 16 } as const;

/**
 * In milliseconds. A write acknowledged less than this before a fault shows that the fault hit a system that was being written
 * to.
 */
export const LAST_SECOND_MS = 1000;

/** The state of one logical id after everything was read. */
export interface WriteState {
  readonly id: string;
  /** Bits of Known; 0 if the id appears only in the ledger. */
  readonly known: number;
  /**
   * The time of the first acknowledgement; if there was none, the call of the first attempt that was recorded; 0 for an id that
   * appears only in the ledger.
   */
  readonly atMs: number;
  /** Bit masks of the reads that saw the id, and of the reads that saw it more than once. */
  readonly seen: number;
  readonly repeated: number;
  /** Bit mask of the reads that showed the id on more than one page, so that it may be one row that was shown twice. */
  readonly across: number;
  /** The first invocation of all its attempts; an object that expires may have been created at that time. */
  readonly begunAtMs: number;
  /** The largest number of copies that one read showed. */
  readonly copies: number;
  /** Set if some read showed a different value from the one sent. */
  readonly altered: Altered | undefined;
}

export class WriteSet {
  readonly object: string;
  readonly correlation: Correlation;
  readonly windows: FaultWindows;
  readonly reads = new LedgerReads();
  /** Number of writes acknowledged in the last second before each fault, by index into `windows.faults`. */
  readonly acknowledgedLastSecond: number[];
  /** Number of unanswered attempts that have no ledger id. */
  unknownWithoutId = 0;
  /** Number of acknowledged attempts whose answer lacked the expected id: they cannot be judged. */
  acknowledgedWithoutId = 0;
  /** Number of item lines that belong to other runs or to unknown writers. */
  foreignLines = 0;
  readonly values: SentValues;
  /** The lifetime of an object in milliseconds, if the claim declares that it expires. */
  readonly expiresMs: number | null;
  readonly #prefix: string | null;
  readonly #ids = new IdTable();
  readonly #known = flags();
  readonly #atMs = milliseconds();
  readonly #seen = counts();
  readonly #repeated = counts();
  readonly #copies = counts();
  readonly #across = counts();
  readonly #page = counts();
  readonly #begunAtMs = milliseconds();

  constructor(claim: Claim, facts: RunFacts) {
    this.object = claim.object;
    this.correlation = correlationOf(claim);
    this.windows = new FaultWindows(facts.faults);
    this.acknowledgedLastSecond = this.windows.faults.map(() => 0);
    this.#prefix = prefixOf(claim, facts, this.correlation.clientSide);
    this.values = new SentValues(claim);
    this.expiresMs = claim.expiresMs ?? null;
  }

  operation(operation: Operation): void {
    if (operation.object !== this.object) return;
    if (operation.kind === "add") this.#add(operation);
    else if (operation.kind === "remove") this.#remove(operation);
  }

  ledger(line: LedgerLine): void {
    if (line.object !== this.object) return;
    if (line.line === "end") this.reads.end(line);
    else this.#item(line);
  }

  /** Yields all logical ids in order of first appearance; those that appear only in the ledger come last. */
  *states(): Generator<WriteState> {
    for (let index = 0; index < this.#ids.size; index++) {
      yield {
        id: this.#ids.idAt(index),
        known: this.#known.get(index),
        atMs: this.#atMs.get(index),
        seen: this.#seen.get(index),
        repeated: this.#repeated.get(index),
        across: this.#across.get(index),
        begunAtMs: this.#begunAtMs.get(index),
        copies: this.#copies.get(index),
        altered: this.values.of(index),
      };
    }
  }

  #add(operation: Operation): void {
    const { outcome } = operation;
    const id = this.correlation.idOf(operation);
    if (id === undefined) {
      if (outcome.type === "unknown") this.unknownWithoutId += 1;
      if (outcome.type === "ok") this.acknowledgedWithoutId += 1;
      return;
    }
    const index = this.#ids.add(id);
    const before = this.#known.get(index);
    const begunAtMs = before === 0 ? operation.invokedAtMs : this.#begunAtMs.get(index);
    this.#begunAtMs.set(index, Math.min(begunAtMs, operation.invokedAtMs));
    if (outcome.type === "ok" && (before & Known.ok) === 0) this.#acknowledge(index, operation);
    else if (before === 0) this.#atMs.set(index, operation.invokedAtMs);
    this.#known.set(index, before | Known[outcome.type]);
    this.values.sent(index, operation.input);
  }

  #acknowledge(index: number, operation: Operation): void {
    const atMs = operation.completedAtMs ?? operation.invokedAtMs;
    this.#atMs.set(index, atMs);
    for (const [fault, { bitAtMs }] of this.windows.faults.entries()) {
      if (atMs <= bitAtMs && bitAtMs - atMs <= LAST_SECOND_MS) {
        this.acknowledgedLastSecond[fault] = (this.acknowledgedLastSecond[fault] ?? 0) + 1;
      }
    }
  }

  /**
   * Records a delete. Only a delete that began after the write was acknowledged surely deletes it; any other may have come too
   * early.
   */
  #remove(operation: Operation): void {
    if (operation.outcome.type === "refused") return;
    const id = isRecord(operation.input) ? (operation.input["id"] ?? operation.key) : operation.key;
    if (id === undefined || id === null) return;
    const index = this.#ids.add(String(id));
    const known = this.#known.get(index);
    const sure =
      operation.outcome.type === "ok" && (known & Known.ok) !== 0 && this.#atMs.get(index) < operation.invokedAtMs;
    this.#known.set(index, known | (sure ? Known.removed : Known.removedPerhaps));
  }

  /** Records an item line. A line with a count of 0 means that the id does not exist, but still counts as a line of its read. */
  #item(item: LedgerItem): void {
    this.reads.item(item);
    if (item.count < 1) return;
    const known = this.#ids.find(item.id);
    if (known === undefined && this.#prefix !== null && !item.id.startsWith(this.#prefix)) {
      this.foreignLines += 1;
      return;
    }
    const index = known ?? this.#ids.add(item.id);
    this.values.found(index, item);
    const bit = bitOf(item.read);
    const seen = this.#seen.get(index);
    const again = (seen & bit) !== 0;
    this.#seen.set(index, seen | bit);
    const isOtherPage = item.row === undefined && this.#page.get(index) !== (item.page ?? 1);
    if (again && isOtherPage) this.#across.set(index, this.#across.get(index) | bit);
    if ((again && !isOtherPage) || item.count > 1) this.#repeated.set(index, this.#repeated.get(index) | bit);
    this.#page.set(index, item.page ?? 1);
    this.#copies.set(index, Math.max(this.#copies.get(index), item.count, again ? 2 : 1));
  }
}

/** Returns the prefix of the ids of a claim's objects; null if the app generates its own ids and the claim gives no prefix. */
export function prefixOf(claim: Claim, { runId }: Pick<RunFacts, "runId">, clientSide: boolean): string | null {
  const option = claim.options["prefix"];
  if (typeof option === "string") return option;
  return clientSide ? `${runId}/` : null;
}
