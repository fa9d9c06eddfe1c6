/**
 * A small parser of EDN (github.com/edn-format/edn), the notation in which Jepsen and Knossos store histories: nil, booleans,
 * numbers, strings, characters, keywords, symbols, lists, vectors, maps (also #:name{...}), sets, tagged values, #_ discards and
 * comments; commas are white space. Every form records where it began.
 *
 * The same parser reads JSON, because JSON is EDN except for null and the colons between keys and values. Both notations
 * therefore have places, numbers of any size and a single meaning.
 */
import { GamedayError, type Place } from "../../std/errors.ts";

type Edn =
  | { readonly type: "nil" | "symbol" | "keyword" | "string" | "character" | "number"; readonly text: string }
  | { readonly type: "boolean"; readonly text: "true" | "false" }
  | { readonly type: "list" | "vector" | "set"; readonly items: readonly Form[] }
  | { readonly type: "map"; readonly entries: readonly (readonly [Form, Form])[] }
  | { readonly type: "tagged"; readonly tag: string; readonly value: Form };

/** A value and the place of its first character. The `text` of a keyword has no colon, that of a string no quotes. */
export type Form = Edn & { readonly line: number; readonly column: number };

/** The deepest nesting that is accepted: deeper nesting is damage or abuse, not a history. */
const DEPTH_MAX = 500;
const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  "\\": "\\",
  '"': '"',
  "/": "/",
};

/**
 * Yields all top-level forms of a text, in O(length). Throws GamedayError with file, line and column if the text is not EDN.
 * `first` is the place of the text's first character in the file.
 */
export function* readEdn(text: string, file: string, first = { line: 1, column: 1 }): Generator<Form> {
  const reader = new EdnReader(text, file, first, "edn");
  for (;;) {
    const form = reader.next(0);
    if (form === undefined) return;
    yield form;
  }
}

/**
 * Yields the forms of an EDN or JSON text; the items of a list are yielded one by one, so that a history in one array needs no
 * more memory than a history in lines. Throws the same errors as `readEdn`.
 */
export function* readItems(text: string, file: string, notation: "edn" | "json"): Generator<Form> {
  const reader = new EdnReader(text, file, { line: 1, column: 1 }, notation);
  for (;;) {
    if (reader.isAtList()) yield* reader.items();
    else {
      const form = reader.next(0);
      if (form === undefined) return;
      yield form;
    }
  }
}

class EdnReader {
  readonly #text: string;
  readonly #file: string;
  readonly #isJson: boolean;
  #at = 0;
  #line: number;
  #lineStart: number;

  constructor(
    text: string,
    file: string,
    { line, column }: { line: number; column: number },
    notation: "edn" | "json",
  ) {
    this.#isJson = notation === "json";
    this.#text = text;
    this.#file = file;
    this.#line = line;
    this.#lineStart = 1 - column;
  }

  /** Returns the next form, or undefined at the end of the text. */
  next(depth: number): Form | undefined {
    this.#skipBlank(depth);
    if (this.#at >= this.#text.length) return undefined;
    const place = this.#place();
    if (depth > DEPTH_MAX) throw this.#complain(`at most ${DEPTH_MAX} nested forms`, "more", place);
    return { ...this.#form(depth, place), ...place };
  }

  #form(depth: number, place: { line: number; column: number }): Edn {
    const first = this.#text[this.#at] ?? "";
    if (first === '"') return { type: "string", text: this.#string(place) };
    if (first === "\\") return { type: "character", text: this.#character() };
    if (first === "#") return this.#dispatch(depth, place);
    if (first === "{") return { type: "map", entries: this.#pairs(depth, place) };
    if (first === "(") return { type: "list", items: this.#items(depth, place) };
    if (first === "[") return { type: "vector", items: this.#items(depth, place) };
    if (first === ")" || first === "]" || first === "}") throw this.#complain("a value", `"${first}"`, place);
    const token = this.#token(place);
    return atom(this.#isJson && token === "null" ? "nil" : token);
  }

  /** Skips white space, commas, comments to the end of the line, and discarded forms (#_). */
  #skipBlank(depth: number): void {
    for (;;) {
      const character = this.#text[this.#at];
      if (character === "\n") {
        this.#line += 1;
        this.#lineStart = this.#at + 1;
        this.#at += 1;
      } else if (character === ";") {
        const end = this.#text.indexOf("\n", this.#at);
        this.#at = end < 0 ? this.#text.length : end;
      } else if (character === "#" && this.#text[this.#at + 1] === "_") {
        this.#at += 2;
        if (this.next(depth + 1) === undefined) throw this.#complain("a form after #_", "the end of the file");
      } else if (character !== undefined && (isBlank(character) || (this.#isJson && character === ":"))) {
        this.#at += 1;
      } else {
        return;
      }
    }
  }

  /** Returns whether the next form is a list or a vector. */
  isAtList(): boolean {
    this.#skipBlank(0);
    return this.#text[this.#at] === "[" || this.#text[this.#at] === "(";
  }

  /** Yields the forms of the next list, one by one. */
  *items(): Generator<Form> {
    const place = this.#place();
    const closing = this.#open();
    for (let item = this.#item(closing, 0, place); item !== undefined; item = this.#item(closing, 0, place)) yield item;
  }

  #items(depth: number, place: { line: number; column: number }): Form[] {
    const closing = this.#open();
    const items: Form[] = [];
    for (let item = this.#item(closing, depth, place); item !== undefined; item = this.#item(closing, depth, place)) {
      items.push(item);
    }
    return items;
  }

  /** Skips an opening bracket, and returns the bracket that closes it. */
  #open(): string {
    const closing = CLOSING[this.#text[this.#at] ?? ""] ?? "";
    this.#at += 1;
    return closing;
  }

  /** Returns the next form before the closing bracket, or undefined after it has skipped that bracket. */
  #item(closing: string, depth: number, place: { line: number; column: number }): Form | undefined {
    this.#skipBlank(depth);
    if (this.#text[this.#at] === closing) {
      this.#at += 1;
      return undefined;
    }
    const item = this.next(depth + 1);
    if (item === undefined) throw this.#complain(`"${closing}"`, "the end of the file", place);
    return item;
  }

  #place(): { line: number; column: number } {
    return { line: this.#line, column: this.#at - this.#lineStart + 1 };
  }

  #pairs(depth: number, place: { line: number; column: number }): (readonly [Form, Form])[] {
    const items = this.#items(depth, place);
    if (items.length % 2 !== 0) throw this.#complain("a map with a value for each key", `${items.length} forms`, place);
    const pairs: (readonly [Form, Form])[] = [];
    for (let at = 0; at < items.length; at += 2) pairs.push([items[at] as Form, items[at + 1] as Form]);
    return pairs;
  }

  /** Parses what follows "#": a set, a map whose keys share a namespace, a symbolic number, a pattern, or a tag and its value. */
  #dispatch(depth: number, place: { line: number; column: number }): Edn {
    this.#at += 1;
    const second = this.#text[this.#at] ?? "";
    if (second === '"') return { type: "string", text: this.#pattern(place) };
    if (second === "{") return { type: "set", items: this.#items(depth, place) };
    if (second === "#") {
      this.#at += 1;
      return { type: "number", text: this.#token(place) };
    }
    if (second === "<") return { type: "symbol", text: this.#unreadable(place) };
    const tag = this.#token(place);
    const value = this.next(depth + 1);
    if (value === undefined) throw this.#complain(`a value after the tag #${tag}`, "the end of the file", place);
    return tag.startsWith(":") && value.type === "map" ? value : { type: "tagged", tag, value };
  }

  /**
   * Skips to the end of what Clojure prints for objects without a notation, such as #<TimeoutException ...>; some errors contain
   * it.
   */
  #unreadable(place: { line: number; column: number }): string {
    const found = /<[^<>\n]*(?:<[^<>\n]*>[^<>\n]*)*>/y;
    found.lastIndex = this.#at;
    const text = found.exec(this.#text)?.[0];
    if (text === undefined) throw this.#complain("a closing >", "the end of the line", place);
    this.#at = found.lastIndex;
    return `#${text}`;
  }

  #string(place: { line: number; column: number }): string {
    let text = "";
    this.#at += 1;
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined) throw this.#complain('a closing "', "the end of the file", place);
      this.#at += 1;
      if (character === '"') return text;
      if (character === "\n") {
        this.#line += 1;
        this.#lineStart = this.#at;
      }
      text += character === "\\" ? this.#escape() : character;
    }
  }

  /** Parses a regular expression of Clojure, which some errors contain, and returns the text between the quotes unchanged. */
  #pattern(place: { line: number; column: number }): string {
    const found = /"((?:[^"\\]|\\.)*)"/sy;
    found.lastIndex = this.#at;
    const text = found.exec(this.#text)?.[1];
    if (text === undefined) throw this.#complain('a closing "', "the end of the file", place);
    this.#at = found.lastIndex;
    return text;
  }

  #escape(): string {
    const letter = this.#text[this.#at] ?? "";
    const hex = letter === "u" ? this.#text.slice(this.#at + 1, this.#at + 5) : "";
    if (/^[0-9a-fA-F]{4}$/.test(hex)) {
      this.#at += 5;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const meant = ESCAPES[letter];
    if (meant === undefined) throw this.#complain("an escape such as \\n or \\u0041", `\\${letter}`);
    this.#at += 1;
    return meant;
  }

  /** Parses a character literal: the backslash, one character, and any letters that follow it (\newline). */
  #character(): string {
    const start = this.#at;
    this.#at += 2;
    while (isTokenCharacter(this.#text[this.#at])) this.#at += 1;
    return this.#text.slice(start, this.#at);
  }

  #token(place: { line: number; column: number }): string {
    const start = this.#at;
    while (isTokenCharacter(this.#text[this.#at])) this.#at += 1;
    if (this.#at === start) throw this.#complain("a value", JSON.stringify(this.#text[start] ?? "the end"), place);
    return this.#text.slice(start, this.#at);
  }

  #complain(expected: string, got: string, place?: { line: number; column: number }): GamedayError {
    const where = place ?? this.#place();
    return badHistory(expected, got, { file: this.#file, ...where });
  }
}

/** Returns the error for a history file that cannot be read. */
export function badHistory(expected: string, got: string, place: Place, hint?: string): GamedayError {
  return new GamedayError({ code: "history-bad-line", expected, got, place, ...(hint === undefined ? {} : { hint }) });
}

function atom(token: string): Edn {
  if (token === "nil") return { type: "nil", text: token };
  if (token === "true" || token === "false") return { type: "boolean", text: token };
  if (token.startsWith(":")) return { type: "keyword", text: token.slice(1) };
  return { type: /^[+-]?\d/.test(token) ? "number" : "symbol", text: token };
}

function isBlank(character: string): boolean {
  return character === " " || character === "," || character === "\t" || character === "\r" || /\s/.test(character);
}

function isTokenCharacter(character: string | undefined): boolean {
  return character !== undefined && !isBlank(character) && !'()[]{}";\\'.includes(character);
}
