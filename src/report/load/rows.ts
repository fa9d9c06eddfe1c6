/** The rows of the tables that a run folder keeps as CSV; the live page offers the same columns for a run that goes on. */
import type { FailureRow, RequestRow, Seconds } from "../../api/live.ts";
import { SECOND_COLUMNS } from "../../api/second-columns.ts";
import type { Facts } from "../../objective/facts.ts";
import type { Second } from "../../second.ts";
import { figuresOfSecond } from "../../view/second-figures.ts";
import type { LoadReading } from "./reading.ts";

/** Returns requests and failures by name. The rates are those over the whole load, because the run is over. */
export function tableRowsOf(
  { traffic, failures: kinds }: LoadReading,
  { windows }: Facts,
): { requests: RequestRow[]; failures: FailureRow[] } {
  const whole = windows.find(({ key }) => key === "whole")?.spans[0];
  const seconds = whole === undefined ? 0 : (whole.toMs - whole.fromMs) / 1000;
  const rate = (count: number) => (seconds > 0 ? Math.round((1000 * count) / seconds) / 1000 : 0);
  const requests = traffic
    .rows()
    .map((row) => ({ ...row, perSecond: rate(row.requests), failedPerSecond: rate(row.failed) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = kinds.kinds().map(({ name, error, count, firstMs, lastMs, example }) => ({
    ...{ name, error, count, firstMs, lastMs },
    example,
  }));
  return { requests, failures: rows };
}

/** Returns the columns of the seconds; a second without a row is empty. */
export function seriesOf(rows: readonly Second[]): Seconds {
  const length = rows.length === 0 ? 0 : Math.round((rows.at(-1)?.atMs ?? 0) / 1000) + 1;
  const columns = Object.fromEntries(
    SECOND_COLUMNS.map((name) => [name, Array.from({ length }, (): number | null => null)]),
  ) as Seconds["columns"];
  for (const row of rows) {
    const figures = figuresOfSecond(row);
    const at = Math.round(row.atMs / 1000);
    for (const name of SECOND_COLUMNS) columns[name][at] = figures[name];
  }
  return { fromS: 0, columns };
}
