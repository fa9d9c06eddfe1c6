/** Reads the YAML of a plan strictly, and accepts only what a person would write by hand. */
import { LineCounter, parseDocument } from "yaml";
import { GamedayError, messageOf, type Place } from "../std/errors.ts";
import { isRecord, type Json, nestsDeeper } from "../std/json.ts";
import type { Source } from "./place.ts";

/**
 * Reads one document. Throws GamedayError, with its place, for text that is not YAML or whose meaning would have to be
 * guessed.
 */
export function readYaml(text: string, file: string): Source {
  const lines = new LineCounter();
  const document = parsed(text, lines, file);
  // The parser only warns about an unknown tag or version: its meaning would be dropped silently.
  const trouble = document.errors[0] ?? document.warnings[0];
  if (trouble === undefined) return { file, document, lines };
  const { line, col } = lines.linePos(trouble.pos[0]);
  throw notYaml(firstLine(trouble.message), { file, line, column: col });
}

/** Parses the text. Deep nesting is refused first: the parser recurses at each level, and takes long for thousands of levels. */
function parsed(text: string, lines: LineCounter, file: string): Source["document"] {
  if (nestsDeeper(text, 10 * LEVELS_MAX)) throw notYaml(TOO_DEEP, { file });
  try {
    return parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  } catch (cause) {
    if (cause instanceof RangeError) throw notYaml(TOO_DEEP, { file }, cause);
    throw cause;
  }
}

/** The most levels of nesting: more than anybody writes by hand, and few enough for all code that walks a plan. */
const LEVELS_MAX = 100;
const TOO_DEEP = `more than ${LEVELS_MAX} levels of nesting`;

/** Returns the document's value. Throws GamedayError if aliases make it endless, or larger than anybody would write. */
export function plainValue({ document, file }: Source): Json {
  const value = unaliased(document, file);
  if (containsItself(value, new Set(), file))
    throw notYaml("an alias within its own anchor, which never ends", { file });
  return value;
}

function unaliased(document: Source["document"], file: string): Json {
  try {
    return document.toJS() as Json;
  } catch (cause) {
    throw notYaml(cause instanceof RangeError ? TOO_DEEP : messageOf(cause), { file }, cause);
  }
}

/** Returns whether a value contains itself. It searches depth first, so that shared parts alone are not mistaken for a cycle. */
function containsItself(value: Json, above: Set<Json>, file: string): boolean {
  if (!isRecord(value) && !Array.isArray(value)) return false;
  if (above.has(value)) return true;
  if (above.size >= LEVELS_MAX) throw notYaml(TOO_DEEP, { file });
  above.add(value);
  const found = Object.values(value).some((inner) => containsItself(inner, above, file));
  above.delete(value);
  return found;
}

function notYaml(got: string, place: Place, cause?: unknown): GamedayError {
  return new GamedayError({ code: "plan-not-yaml", expected: "a YAML document", got, place, cause });
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
