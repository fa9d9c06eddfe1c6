/** Pieces of markup that several parts of the page share. */
import type { Status } from "../status.ts";
import { type Child, element, type Markup } from "./markup.ts";

export function pill(status: Status): Markup {
  return element("span", { class: `pill ${status}` }, status);
}

/** A table with more columns of figures than this scrolls on a narrow screen; in others, the cells of a row are stacked there. */
const STACKED_NUMBERS_MAX = 3;

/** Renders a table. `numeric` has the indices of the columns that contain figures. */
export function table(
  titles: readonly string[],
  rows: readonly (readonly Child[])[],
  numeric: readonly number[],
): Markup {
  const kind = (column: number) => (numeric.includes(column) ? { class: "number" } : {});
  const head = element(
    "tr",
    {},
    titles.map((title, column) => element("th", kind(column), title)),
  );
  const body = rows.map((row) =>
    element(
      "tr",
      {},
      row.map((cell, column) => element("td", { ...kind(column), "data-title": titles[column] || undefined }, cell)),
    ),
  );
  return element(
    "div",
    { class: numeric.length > STACKED_NUMBERS_MAX ? "scroll" : "scroll stacked" },
    element("table", {}, element("thead", {}, head), element("tbody", {}, body)),
  );
}
