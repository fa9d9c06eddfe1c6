/** The columns of a run's seconds, from rows that may come again and in any order. A second without a row is a gap. Pure. */
import type { SecondFigures, Seconds } from "../../api/live.ts";
import { SECOND_COLUMNS, type SecondColumn } from "../../api/second-columns.ts";
import { SECOND_MS, type Second } from "../../second.ts";
import { figuresOfSecond } from "../../view/second-figures.ts";

/** Eight days; rows beyond that come from damaged evidence. */
const SECONDS_MAX = 700_000;

export class SecondTable {
  readonly #columns: Record<SecondColumn, (number | null)[]>;
  #length = 0;

  constructor() {
    this.#columns = Object.fromEntries(SECOND_COLUMNS.map((name) => [name, []])) as unknown as Record<
      SecondColumn,
      (number | null)[]
    >;
  }

  /** Sets a row; returns its second and figures, or null if its time is impossible. */
  set(row: Second): { readonly atS: number; readonly values: SecondFigures } | null {
    const atS = Math.round(row.atMs / SECOND_MS);
    if (!(atS >= 0 && atS < SECONDS_MAX)) return null;
    const values = figuresOfSecond(row);
    for (const name of SECOND_COLUMNS) {
      const column = this.#columns[name];
      while (column.length < atS) column.push(null);
      column[atS] = values[name];
    }
    this.#length = Math.max(this.#length, atS + 1);
    return { atS, values };
  }

  get length(): number {
    return this.#length;
  }

  columns(): Seconds {
    return { fromS: 0, columns: this.#columns };
  }

  /** Returns the seconds [fromS, toS), each `stepS` of them as one: sums as means, latencies and failures at their worst. */
  slice(fromS: number, toS: number, stepS: number): Seconds {
    const columns = Object.fromEntries(
      SECOND_COLUMNS.map((name) => {
        const part = this.#columns[name].slice(fromS, toS);
        return [name, stepS === 1 ? part : folded(part, stepS, name)];
      }),
    ) as Seconds["columns"];
    return { fromS, columns };
  }

  /** The users that the load intended in the newest second that is known. */
  get lastIntended(): number | null {
    return this.#columns.usersIntended.findLast((value) => value !== null) ?? null;
  }

  /** Returns the failed share of the requests of the newest second of which the load is known; null if there is none. */
  get failedShare(): number | null {
    for (let at = this.#length - 1; at >= Math.max(0, this.#length - 5); at--) {
      const [ok, failed] = [this.#columns.ok[at] ?? null, this.#columns.failed[at] ?? null];
      if (ok !== null && failed !== null && ok + failed > 0) return failed / (ok + failed);
    }
    return null;
  }
}

function folded(column: readonly (number | null)[], stepS: number, name: SecondColumn): (number | null)[] {
  const worst = name.endsWith("Ms") || name === "failed" || name === "dropped";
  return Array.from({ length: Math.ceil(column.length / stepS) }, (_, at) => {
    const known = column.slice(at * stepS, (at + 1) * stepS).filter((value) => value !== null);
    if (known.length === 0) return null;
    return worst ? Math.max(...known) : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}
