/**
 * Text of targets, plans and scripts is hostile until it is disarmed: it must neither become markup nor turn the reading
 * direction, nor hold a character that XML forbids.
 */
const MARKUP: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Safe within elements and within quoted attributes of HTML, SVG and XML. */
export function escapeMarkup(text: string): string {
  return visible(text).replaceAll(/[&<>"']/g, (character) => MARKUP[character] ?? character);
}

/** Control and direction characters as visible text: "\u202e". Tabs and line ends stay. */
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
