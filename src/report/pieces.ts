/** Pieces that several parts of the page share. */
import type { Status } from "../status.ts";
import { type Child, element, type Markup } from "./markup.ts";

export function pill(status: Status): Markup {
  return element("span", { class: `pill ${status}` }, status);
}

/** More columns of figures than this are compared side by side, on a narrow screen by scrolling; others stand below each other there. */
const STACKED_NUMBERS_MAX = 3;

/** `numeric`: indices of the columns that hold figures. */
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
