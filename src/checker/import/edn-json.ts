/**
 * Converts EDN values to JSON, so that equal values stay equal and different values stay different: a keyword keeps its colon
 * (":x" is not "x"), a number too large or too precise for JSON remains text, sets become sorted lists, and tags are dropped.
 */
import { decimalOf, jsonOf as exactJson } from "../../std/decimal.ts";
import { canonicalJson, type Json } from "../../std/json.ts";
import type { Form } from "./edn.ts";

export function jsonOf(form: Form): Json {
  switch (form.type) {
    case "nil":
      return null;
    case "boolean":
      return form.text === "true";
    case "number":
      return numberOf(form.text);
    case "string":
      return form.text;
    case "keyword":
      return `:${form.text}`;
    case "symbol":
    case "character":
      return form.text;
    case "list":
    case "vector":
      return form.items.map(jsonOf);
    case "set":
      return form.items.map(jsonOf).sort(byText);
    case "map":
      return Object.fromEntries(form.entries.map(([key, value]) => [textOf(key), jsonOf(value)]));
    case "tagged":
      return jsonOf(form.value);
  }
}

/** Returns a map's key, or a name, as text: strings unchanged, keywords with their colon, anything else as canonical JSON. */
export function textOf(form: Form): string {
  const value = jsonOf(form);
  return typeof value === "string" ? value : canonicalJson(value);
}

/**
 * Converts 1, -2, 1.5, 1e3, 3N and 2.5M. A number that JSON cannot hold exactly remains text, and so do ratios and numbers in
 * another base.
 */
function numberOf(text: string): Json {
  if (SMALL.test(text)) return Number(text);
  const decimal = decimalOf(text.replace(/[NM]$/, ""));
  return decimal === undefined ? text : exactJson(decimal);
}

const SMALL = /^-?\d{1,15}$/;

function byText(a: Json, b: Json): number {
  const [textA, textB] = [canonicalJson(a), canonicalJson(b)];
  return textA < textB ? -1 : textA > textB ? 1 : 0;
}
