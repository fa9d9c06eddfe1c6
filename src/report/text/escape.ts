/**
 * Escapes text from targets, plans and scripts, which may be hostile: it must not become markup, change the reading direction, or
 * contain a character that XML forbids.
 */
const MARKUP: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes text for elements and quoted attributes of HTML, SVG and XML. */
export function escapeMarkup(text: string): string {
  return visible(text).replaceAll(/[&<>"']/g, (character) => MARKUP[character] ?? character);
}

/** Makes control and direction characters visible as text: "\u202e". Tabs and line ends are kept. */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, (character) =>
      character === "\n" || character === "\t" ? character : codeOf(character),
    );
}

function codeOf(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
}
