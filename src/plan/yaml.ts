/** The YAML of a plan: read strictly, and only what a person would write by hand. */
import { LineCounter, parseDocument } from "yaml";
import { GamedayError, messageOf, type Place } from "../std/errors.ts";
import { isRecord, type Json } from "../std/json.ts";
import type { Source } from "./place.ts";

/** Reads one document. Throws GamedayError, at its place, for what is not YAML, or whose meaning would be guessed. */
export function readYaml(text: string, file: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  // An unknown tag or version is only a warning of the parser's: what was meant by it would be dropped without a word.
  const trouble = document.errors[0] ?? document.warnings[0];
  if (trouble === undefined) return { file, document, lines };
  const { line, col } = lines.linePos(trouble.pos[0]);
  throw notYaml(firstLine(trouble.message), { file, line, column: col });
}

/** The document's value. Throws GamedayError where aliases make it endless, or larger than anybody wrote. */
export function plainValue({ document, file }: Source): Json {
  const value = unaliased(document, file);
  if (containsItself(value, new Set())) throw notYaml("an alias within its own anchor, which never ends", { file });
  return value;
}

function unaliased(document: Source["document"], file: string): Json {
  try {
    return document.toJS() as Json;
  } catch (cause) {
    throw notYaml(messageOf(cause), { file }, cause);
  }
}

/** Depth first, so that what hangs together only by shared parts is no circle. */
function containsItself(value: Json, above: Set<Json>): boolean {
  if (!isRecord(value) && !Array.isArray(value)) return false;
  if (above.has(value)) return true;
  above.add(value);
  const found = Object.values(value).some((inner) => containsItself(inner, above));
  above.delete(value);
  return found;
}

function notYaml(got: string, place: Place, cause?: unknown): GamedayError {
  return new GamedayError({ code: "plan-not-yaml", expected: "a YAML document", got, place, cause });
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
