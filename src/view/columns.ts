/**
 * Columns hold one number for each second of a run and each figure. A second that is not known is NaN, which is drawn as a gap and
 * never as 0. The points are never averaged: where several seconds share a pixel, the pixel shows all values from their lowest to
 * their highest, so that an outage of one second is visible in a run of eight hours.
 */
import type { Seconds } from "../api/live.ts";
import { SECOND_COLUMNS, type SecondColumn } from "../api/second-columns.ts";

/** One second's figures; null or absent is not known. */
export type ColumnFigures = Readonly<Partial<Record<SecondColumn, number | null>>>;

const SECONDS_FIRST = 1024;
/** A week. A second beyond it is ignored: only damaged evidence has one. */
const SECONDS_MOST = 7 * 24 * 3600;

export class Columns {
  #length = 0;
  #first = -1;
  readonly #values: Record<SecondColumn, Float64Array>;

  constructor() {
    const empty = () => new Float64Array(SECONDS_FIRST).fill(Number.NaN);
    this.#values = Object.fromEntries(SECOND_COLUMNS.map((name) => [name, empty()])) as Record<
      SecondColumn,
      Float64Array
    >;
  }

  /** The first second that is known; -1 while there is none. */
  get firstSecond(): number {
    return this.#first;
  }

  /** One more than the last second that is known. */
  get length(): number {
    return this.#length;
  }

  /** Sets the figures of the second that began `second` seconds after the run did. The same second may be set again. */
  set(second: number, figures: ColumnFigures): void {
    if (!Number.isInteger(second) || second < 0 || second >= SECONDS_MOST) return;
    this.#reserve(second + 1);
    for (const name of SECOND_COLUMNS) {
      const value = figures[name];
      if (value !== undefined) this.#values[name][second] = value ?? Number.NaN;
    }
    this.#length = Math.max(this.#length, second + 1);
    this.#first = this.#first < 0 ? second : Math.min(this.#first, second);
  }

  /** Sets all seconds of a snapshot. */
  setAll({ fromS, columns }: Seconds): void {
    this.#reserve(Math.min(fromS + columns.ok.length, SECONDS_MOST));
    for (let n = 0; n < columns.ok.length; n++) {
      this.set(fromS + n, Object.fromEntries(SECOND_COLUMNS.map((name) => [name, columns[name][n] ?? null])));
    }
  }

  /** Returns a figure of one second; NaN if it is not known. */
  at(name: SecondColumn, second: number): number {
    return second >= 0 && second < this.#length ? (this.#values[name][second] ?? Number.NaN) : Number.NaN;
  }

  /** Returns all values of a figure by second, to be read and not changed; those from `length` on mean nothing. */
  column(name: SecondColumn): Float64Array {
    return this.#values[name];
  }

  /** Returns the lowest and the highest known value within the seconds [from, to); NaN both if there is none. */
  range(name: SecondColumn, from: number, to: number): { readonly low: number; readonly high: number } {
    const values = this.#values[name];
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let second = Math.max(0, from); second < Math.min(to, this.#length); second++) {
      const value = values[second] ?? Number.NaN;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return low <= high ? { low, high } : { low: Number.NaN, high: Number.NaN };
  }

  #reserve(length: number): void {
    if (length <= this.#values.ok.length) return;
    const size = 2 ** Math.ceil(Math.log2(length));
    for (const name of SECOND_COLUMNS) {
      const grown = new Float64Array(size).fill(Number.NaN);
      grown.set(this.#values[name]);
      this.#values[name] = grown;
    }
  }
}

/** What one pixel column of a line shows: the value that it begins and ends with, and the lowest and highest within it. */
export interface PixelColumn {
  /** Its place, in pixels from the left end of the chart. */
  readonly x: number;
  readonly first: number;
  readonly low: number;
  readonly high: number;
  readonly last: number;
}

/** The unbroken pieces of a line; between two of them nothing is known. */
export type LinePieces = readonly (readonly PixelColumn[])[];

export interface LineOptions {
  readonly columns: Columns;
  readonly figure: SecondColumn;
  /** Seconds since the run began, the last one excluded. */
  readonly from: number;
  readonly to: number;
  /** Returns the pixel of a moment in seconds. */
  readonly x: (second: number) => number;
}

/** Returns the line of a figure, one pixel column for all seconds that share a pixel. A second is drawn at its end. */
export function linePieces({ columns, figure, from, to, x }: LineOptions): LinePieces {
  const pieces: PixelColumn[][] = [];
  let piece: PixelColumn[] = [];
  let open: { x: number; first: number; low: number; high: number; last: number } | null = null;
  const values = columns.column(figure);
  const end = Math.min(to, columns.length);
  for (let second = Math.max(0, from); second < end; second++) {
    const value = values[second] ?? Number.NaN;
    const pixel = Math.round(x(second + 1) * 2) / 2;
    if (Number.isNaN(value)) {
      if (open !== null) piece.push(open);
      if (piece.length > 0) pieces.push(piece);
      [piece, open] = [[], null];
    } else if (open !== null && pixel - open.x < 1) {
      open.low = Math.min(open.low, value);
      open.high = Math.max(open.high, value);
      open.last = value;
    } else {
      if (open !== null) piece.push(open);
      open = { x: pixel, first: value, low: value, high: value, last: value };
    }
  }
  if (open !== null) piece.push(open);
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}
