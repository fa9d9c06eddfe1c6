/**
 * Describes what a script threw, in words and with the place in the user's file that it came from. Never throws, whatever
 * was thrown.
 */
import { fileURLToPath } from "node:url";
import { formatPlace, GamedayError, messageOf, type Place } from "../std/errors.ts";

const TEXT_MAX = 500;
const INNER_MAX = 3;

/** Returns "sale.ts:3:5: the message"; the place is left out if it is unknown. */
export function thrownAt(thrown: unknown): string {
  const place = placeOf(thrown);
  return `${place === undefined ? "" : `${formatPlace(place)}: `}${thrownText(thrown)}`;
}

/**
 * Returns one line of bounded length: an error's message with its causes (`fetch failed` alone does not help), any other
 * value as text.
 */
export function thrownText(thrown: unknown): string {
  const seen: unknown[] = [];
  const text = [...withCauses(thrown, seen)].filter((part) => part !== "").join(": ");
  const line = printable(text === "" ? nameOf(thrown) : text);
  return line.length <= TEXT_MAX ? line : `${line.slice(0, TEXT_MAX)}...`;
}

function* withCauses(thrown: unknown, seen: unknown[]): Generator<string> {
  if (seen.includes(thrown) || seen.length >= INNER_MAX) return;
  seen.push(thrown);
  yield thrown instanceof GamedayError && thrown.hint !== undefined
    ? `${thrown.message} (${thrown.hint})`
    : messageOf(thrown);
  if (!(thrown instanceof Error)) return;
  const inner = read(thrown, "errors");
  if (Array.isArray(inner) && inner.length > 0) yield inner.slice(0, INNER_MAX).map(messageOf).join("; ");
  const cause = read(thrown, "cause");
  if (cause !== undefined && cause !== null) yield* withCauses(cause, seen);
}

/** Reads a property; scripts may define one that throws when it is read. */
function read(thrown: object, key: string): unknown {
  try {
    return (thrown as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function nameOf(thrown: unknown): string {
  const name = thrown instanceof Error ? read(thrown, "name") : undefined;
  return typeof name === "string" && name !== "" ? `${name} without a message` : "an empty text";
}

/** Replaces control characters and line separators, which a terminal would interpret, with a space. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
}

/** A stack frame: "at f (file:///x/y.ts:3:5)", "at async /x/y.ts:3:5"; not Node's own "at node:internal/x:3:5". */
const FRAME = /^\s+at (?:.*?[ (])??(file:\/\/)?(\/.*):(\d+):(\d+)\)?$/;
/** The first line of a syntax error: "file:///x/y.ts:3". */
const HEAD = /^(file:\/\/)?(\/.*):(\d+)$/;

/** Returns the first place in an error's stack that is in a user's file. */
export function placeOf(thrown: unknown): Place | undefined {
  return placesIn(thrown).find(({ file }) => !isOurs(file));
}

/** Returns all places in an error's stack that are in users' files, the innermost first. */
export function placesOf(thrown: unknown): Place[] {
  return placesIn(thrown).filter(({ file }) => !isOurs(file));
}

/** Returns the first place in a user's file, or else the first in a file of a package that the user imports. */
export function placeOrPackageOf(thrown: unknown): Place | undefined {
  return placeOf(thrown) ?? placesIn(thrown).find(({ file }) => !file.startsWith(OUR_FOLDER));
}

function placesIn(thrown: unknown): Place[] {
  const stack = thrown instanceof Error ? read(thrown, "stack") : undefined;
  if (typeof stack !== "string") return [];
  const lines = stack.split("\n");
  return lines.flatMap((line, index) => {
    const [, scheme = "", path, row, column] = (index === 0 ? HEAD.exec(line) : FRAME.exec(line)) ?? [];
    if (path === undefined) return [];
    const file = scheme === "" ? path : fileOf(`${scheme}${path}`);
    const known = column === undefined ? caretColumn(lines) : Number(column);
    return [{ file, line: Number(row), ...(known === undefined ? {} : { column: known }) }];
  });
}

function fileOf(url: string): string {
  try {
    return fileURLToPath(url.replace(/[?#].*$/, ""));
  } catch {
    return url;
  }
}

/** Returns the column of the carets: a syntax error's stack begins with the source line and carets below it. */
function caretColumn(lines: readonly string[]): number | undefined {
  const carets = lines.slice(1, 6).find((line) => /^\s*\^+\s*$/.test(line));
  return carets === undefined ? undefined : carets.indexOf("^") + 1;
}

const OUR_FOLDER = fileURLToPath(new URL("..", import.meta.url));

/** Returns true for files of this package and of installed packages, which are not users' scripts. */
export function isOurs(file: string): boolean {
  return file.startsWith(OUR_FOLDER) || file.includes("/node_modules/");
}
