/** The log of a store: what was committed, in order, which parts of it a failover threw away, and the resulting values. */
import type { LedgerItem } from "../../ledger.ts";
import type { Json } from "../../std/json.ts";

export interface EntryContent {
  readonly object: string;
  /**
   * add: one more member of a set. remove: deletes the member whose id is `key`. increment: adds to a number. write: sets a new
   * value of a key.
   */
  readonly kind: "add" | "remove" | "increment" | "write";
  readonly id: string;
  readonly key: string;
  readonly value: Json;
}

export interface FakeLogEntry extends EntryContent {
  readonly atMs: number;
  /** When a second member had received it. */
  copiedAtMs: number;
  /** When readers see it: with strict replication, not before it is copied. */
  visibleAtMs: number;
}

/** A ledger item before it is assigned to the read that found it. */
export type FoundInLog = Omit<LedgerItem, "line" | "read">;

export class Log {
  #entries: FakeLogEntry[] = [];
  /** The first entry of each logical thing, by object and id. */
  #firsts = new Map<string, FakeLogEntry>();
  #values = new Map<string, FakeLogEntry[]>();
  #sums = new Map<string, number>();

  /** Returns the earlier entry with the same object and id. */
  find(content: EntryContent): FakeLogEntry | undefined {
    return this.#firsts.get(`${content.object} ${content.id}`);
  }

  append(content: EntryContent, atMs: number): FakeLogEntry {
    const entry: FakeLogEntry = { ...content, atMs, copiedAtMs: atMs, visibleAtMs: atMs };
    this.#entries.push(entry);
    this.#index(entry);
    return entry;
  }

  /** Throws away the entries that no other member had at `atMs`: what a new leader does not know is lost. */
  cut(atMs: number): void {
    this.#keep((entry) => entry.copiedAtMs <= atMs);
  }

  /** Deletes all entries whose id has this prefix. */
  forget(prefix: string): void {
    this.#keep((entry) => !entry.id.startsWith(prefix));
  }

  /** Returns the value of a key as it was at `atMs`; null when it had none. */
  valueAt(object: string, key: string, atMs: number): Json {
    return this.#values.get(`${object} ${key}`)?.findLast((entry) => entry.visibleAtMs <= atMs)?.value ?? null;
  }

  sum(object: string, key: string): number {
    return this.#sums.get(`${object} ${key}`) ?? 0;
  }

  /** Returns everything of one object as a reader at `atMs` finds it: sets by id, numbers and values by key. */
  found(
    object: string,
    atMs = Number.POSITIVE_INFINITY,
    isListed: (entry: FakeLogEntry) => boolean = () => true,
  ): FoundInLog[] {
    const found = new Map<string, FoundInLog>();
    for (const entry of this.#entries) {
      if (entry.object !== object || entry.visibleAtMs > atMs || !isListed(entry)) continue;
      const id = entry.kind === "add" ? entry.id : entry.key;
      if (entry.kind === "remove") found.delete(id);
      else found.set(id, foundAfter(found.get(id), entry, id));
    }
    return [...found.values()];
  }

  #keep(wanted: (entry: FakeLogEntry) => boolean): void {
    const kept = this.#entries.filter(wanted);
    if (kept.length === this.#entries.length) return;
    this.#entries = kept;
    this.#firsts = new Map();
    this.#values = new Map();
    this.#sums = new Map();
    for (const entry of kept) this.#index(entry);
  }

  #index(entry: FakeLogEntry): void {
    const name = `${entry.object} ${entry.id}`;
    if (!this.#firsts.has(name)) this.#firsts.set(name, entry);
    const place = `${entry.object} ${entry.key}`;
    if (entry.kind === "increment") this.#sums.set(place, this.sum(entry.object, entry.key) + Number(entry.value));
    if (entry.kind !== "write") return;
    const values = this.#values.get(place);
    if (values === undefined) this.#values.set(place, [entry]);
    else values.push(entry);
  }
}

function foundAfter(before: FoundInLog | undefined, entry: FakeLogEntry, id: string): FoundInLog {
  const { object, kind } = entry;
  if (kind === "add") return { object, id, count: (before?.count ?? 0) + 1, value: entry.value };
  const value = kind === "increment" ? Number(before?.value ?? 0) + Number(entry.value) : entry.value;
  return { object, id, count: 1, value };
}
