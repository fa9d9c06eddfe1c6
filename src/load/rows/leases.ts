/**
 * A worker's rows of feeders that give each row once. They are leased from the coordinator in portions that are used up
 * quickly, so that a fast worker seldom sends a request and a slow one keeps few rows from the others.
 */
import type { FeederRows, RowSource } from "../../scenario/feeder.ts";
import { type AskRows, LEASE_MAX } from "./protocol.ts";

/** A portion should last at least LASTING_MS, and at least LASTING_ASKS times as long as the request for it took. */
const LASTING_MS = 20;
const LASTING_ASKS = 50;

interface Held {
  rows: readonly number[];
  /** How many of these rows were used. */
  used: number;
  asks: number;
  want: number;
  askedMs: number;
  lastsMs: number;
  last: boolean;
}

export class RowLeases implements RowSource {
  readonly #ask: AskRows;
  readonly #held = new Map<string, Held>();

  constructor(ask: AskRows) {
    this.#ask = ask;
  }

  next(feeder: FeederRows): number | null {
    const held = this.#of(feeder.key);
    if (held.used === held.rows.length && !held.last) this.#lease(feeder, held);
    return held.used < held.rows.length ? (held.rows[held.used++] as number) : null;
  }

  /** Returns the rows that were not used; they no longer belong to the worker. */
  giveBack(key: string): readonly number[] {
    const held = this.#held.get(key);
    if (held === undefined) return [];
    const unused = held.rows.slice(held.used);
    held.rows = [];
    held.used = 0;
    return unused;
  }

  #lease({ key, name, length }: FeederRows, held: Held): void {
    const beganMs = performance.now();
    const soon = beganMs - held.askedMs < held.lastsMs;
    const want = Math.max(1, Math.min(LEASE_MAX, soon ? held.want * 2 : Math.floor(held.want / 2)));
    const { rows, last } = this.#ask({ key, name, length, number: held.asks + 1, want, back: this.#others(key) });
    held.asks++; // counted after the answer: a request without an answer is repeated with the same number
    held.want = want;
    held.rows = rows;
    held.used = 0;
    held.last = last;
    held.askedMs = performance.now();
    held.lastsMs = Math.max(LASTING_MS, LASTING_ASKS * (held.askedMs - beganMs));
  }

  #others(key: string): Record<string, readonly number[]> {
    const others = [...this.#held.keys()].filter((other) => other !== key);
    return Object.fromEntries(
      others.map((other) => [other, this.giveBack(other)] as const).filter(([, rows]) => rows.length > 0),
    );
  }

  #of(key: string): Held {
    let held = this.#held.get(key);
    if (held === undefined) {
      held = { rows: [], used: 0, asks: 0, want: 1, askedMs: Number.NEGATIVE_INFINITY, lastsMs: 0, last: false };
      this.#held.set(key, held);
    }
    return held;
  }
}
