/**
 * Finds the counters that a script mentions. A run whose script contains the call but never reached it has counted
 * nothing, so the counter is known to be 0. The names are read from the source text, because a branch that was not taken
 * leaves no trace at run time.
 */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** The most files that are read: the script and what it imports by relative path. */
const FILES_MAX = 100;
const BYTES_MAX = 1_000_000;

const CALL = /\bcounter\s*(?:\?\.)?\(/g;
const LITERAL = /"([^"\\\n]+)"|'([^'\\\n]+)'|`([^`\\$]+)`/g;
const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']+)["']/g;

/** Returns the names of the counters in the text of a script and its own modules; files that cannot be read are skipped. */
export function countersIn(script: string): string[] {
  const texts = textsOf(script);
  const names = new Set<string>();
  for (const text of texts)
    for (const { index } of text.matchAll(CALL))
      for (const name of named(firstArgument(text, index), texts)) names.add(name);
  return [...names];
}

/** Returns the texts of the script (first) and of the modules that it imports. */
function textsOf(script: string): string[] {
  const texts = new Map<string, string>();
  const waiting = [resolve(script)];
  for (let file = waiting.pop(); file !== undefined && texts.size < FILES_MAX; file = waiting.pop()) {
    if (texts.has(file)) continue;
    const text = read(file);
    if (text === null) continue;
    texts.set(file, text);
    for (const [, path = ""] of text.matchAll(IMPORT)) waiting.push(resolve(dirname(file), path));
  }
  return [...texts.values()];
}

/**
 * Returns the text without the lines that are only a comment; null if the file does not exist or is too large to be a
 * script.
 */
function read(file: string): string | null {
  try {
    const text = readFileSync(file, "utf8");
    return text.length > BYTES_MAX ? null : text.replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, "");
  } catch {
    return null;
  }
}

/** Returns the text between "counter(" and the comma or bracket that ends the first argument. */
function firstArgument(text: string, at: number): string {
  const from = text.indexOf("(", at) + 1;
  let depth = 0;
  let quote = "";
  for (let end = from; end < text.length && end < from + 1_000; end++) {
    const character = text[end] as string;
    if (quote !== "") quote = character === quote ? "" : quote;
    else if (/["'`]/.test(character)) quote = character;
    else if (/[([{]/.test(character)) depth++;
    else if (depth === 0 && /[),]/.test(character)) return text.slice(from, end);
    else if (/[)\]}]/.test(character)) depth--;
  }
  return "";
}

/**
 * Returns the literals in the argument, and those that its constants stand for: `counter(REFUSED)`,
 * `counter(NAMES.refused)`.
 */
function named(argument: string, texts: readonly string[]): string[] {
  const direct = literals(argument);
  const words = new Set(argument.replace(LITERAL, "").match(WORD) ?? []);
  const constants = [...words].flatMap((word) => texts.flatMap((text) => constantsOf(word, text)));
  return [...direct, ...constants];
}

function constantsOf(word: string, text: string): string[] {
  const given = new RegExp(
    `(?<![\\p{L}\\p{N}_$])${word.replaceAll("$", "\\$")}\\s*(?::[^=\\n"']*)?[:=]\\s*(${LITERAL.source})`,
    "gu",
  );
  return [...text.matchAll(given)].flatMap(([, literal = ""]) => literals(literal));
}

function literals(text: string): string[] {
  return [...text.matchAll(LITERAL)].map(([, double, single, plain]) => double ?? single ?? plain ?? "");
}
