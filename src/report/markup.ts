/** A small builder for HTML and SVG. Everything that is not a Markup is text, and is escaped. */
import { escapeMarkup } from "./escape.ts";

/** Markup that is already safe. Only this module creates it. */
export class Markup {
  readonly html: string;
  constructor(html: string) {
    this.html = html;
  }
}

export type Child = Markup | string | number | null | readonly Child[];
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** The elements that have no closing tag in HTML. */
const VOID = new Set(["meta", "br", "hr"]);

export function element(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): Markup {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeMarkup(String(value))}"`)
    .join("");
  if (VOID.has(tag)) return new Markup(`<${tag}${written}>`);
  return new Markup(`<${tag}${written}>${children.map(toHtml).join("")}</${tag}>`);
}

/** Joins several pieces of markup. */
export function fragment(...children: readonly Child[]): Markup {
  return new Markup(children.map(toHtml).join(""));
}

export function toHtml(child: Child): string {
  if (child === null) return "";
  if (child instanceof Markup) return child.html;
  if (typeof child === "string" || typeof child === "number") return escapeMarkup(String(child));
  return child.map(toHtml).join("");
}

/** Returns a style element. The style sheet must be our own, never built from evidence. */
export function styleSheet(css: string): Markup {
  return new Markup(`<style>${css}</style>`);
}
