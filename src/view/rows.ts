/** Tables of any length: filtered and sorted here, and only the first rows are drawn, so that 5,000 names do not freeze a tab. */

/** The most rows of a table that are drawn at once. */
export const ROWS_MOST = 200;

export type RowCell = string | number | null;

export interface Sorting {
  readonly column: string;
  readonly descending: boolean;
}

export interface RowsShown<Row> {
  readonly rows: readonly Row[];
  /** How many rows the filter lets through that are not drawn. */
  readonly more: number;
  readonly matching: number;
  readonly total: number;
}

export interface RowsWanted<Row> {
  readonly rows: readonly Row[];
  /** Words that must all occur in the row's text, in any order and case. */
  readonly filter: string;
  readonly text: (row: Row) => string;
  readonly sorting: Sorting;
  readonly cell: (row: Row, column: string) => RowCell;
}

/** Returns the rows to draw. Unknown cells come last in both directions, and equal ones keep their order. */
export function chooseRows<Row>({ rows, filter, text, sorting, cell }: RowsWanted<Row>): RowsShown<Row> {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const matching =
    words.length === 0
      ? [...rows]
      : rows.filter((row) => words.every((word) => text(row).toLowerCase().includes(word)));
  matching.sort((a, b) => compareCells(cell(a, sorting.column), cell(b, sorting.column), sorting.descending));
  const shown = matching.slice(0, ROWS_MOST);
  return { rows: shown, more: matching.length - shown.length, matching: matching.length, total: rows.length };
}

/** Returns the sorting after a click on a column's title: figures begin with the highest, words with the first. */
export function sortBy(before: Sorting, column: string, words: boolean): Sorting {
  return before.column === column ? { column, descending: !before.descending } : { column, descending: !words };
}

function compareCells(a: RowCell, b: RowCell, descending: boolean): number {
  const [aKnown, bKnown] = [isKnown(a), isKnown(b)];
  if (!aKnown || !bKnown) return Number(bKnown) - Number(aKnown);
  const order = typeof a === "number" && typeof b === "number" ? a - b : compareText(String(a), String(b));
  return descending ? -order : order;
}

function isKnown(cell: RowCell): boolean {
  return cell !== null && !Number.isNaN(cell);
}

/** Compares by code units: the same order in every locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
