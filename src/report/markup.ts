/** Writes element trees (view.ts) as HTML and SVG. Text is always escaped: a tree cannot hold markup. */
import type { ViewElement, ViewNode } from "../view.ts";
import { escapeMarkup } from "./text/escape.ts";

/** The elements that have no closing tag in HTML. */
const VOID: ReadonlySet<string> = new Set(["meta", "br", "hr"]);

export function toHtml(node: ViewNode): string {
  if (typeof node === "string") return escapeMarkup(node);
  const { tag, children } = node;
  const opening = `<${tag}${attributesOf(node)}>`;
  return VOID.has(tag) ? opening : `${opening}${children.map(toHtml).join("")}</${tag}>`;
}

/** Attributes that are false or undefined are left out, and true is written without a value. */
function attributesOf({ attributes }: ViewElement): string {
  return Object.entries(attributes)
    .map(([name, value]) => {
      if (value === undefined || value === false) return "";
      return value === true ? ` ${name}` : ` ${name}="${escapeMarkup(String(value))}"`;
    })
    .join("");
}
