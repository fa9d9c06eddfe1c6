/**
 * The few forms of JSONPath (RFC 9535) that name a part of an answer: `$`, `.name`, `['name']`, `[3]`, `[*]`. A bare name, or
 * `a.b`, is relative to the current value. Filters, slices and `..` are refused: they would match more than was meant.
 */
import { GamedayError } from "./errors.ts";
import { isRecord, type Json } from "./json.ts";

type Step = string | number | "*";

interface Path {
  readonly steps: readonly { readonly kind: "name" | "index" | "all"; readonly of: Step }[];
}

const STEP = /\.([\p{L}_][\p{L}\p{N}_-]*)|\['([^']+)'\]|\["([^"]+)"\]|\[(\d{1,9})\]|(\[\*\]|\.\*)/uy;

/** Parses a path. Throws GamedayError for anything but these forms. */
export function parsePath(text: string): Path {
  const rest = text.startsWith("$") || text.startsWith("@") ? text.slice(1) : text.startsWith("[") ? text : `.${text}`;
  const steps: { kind: "name" | "index" | "all"; of: Step }[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < rest.length) {
    const found = STEP.exec(rest);
    if (found === null) throw notAPath(text);
    const name = found[1] ?? found[2] ?? found[3];
    if (name !== undefined) steps.push({ kind: "name", of: name });
    else if (found[4] !== undefined) steps.push({ kind: "index", of: Number(found[4]) });
    else steps.push({ kind: "all", of: "*" });
  }
  return { steps };
}

/** Returns all values that the path leads to, in order; none if a step does not exist. */
export function valuesAt(value: Json, path: string): Json[] {
  let values: Json[] = [value];
  for (const { kind, of } of parsePath(path).steps) {
    values = values.flatMap((each) => {
      if (kind === "all") return Array.isArray(each) ? [...each] : isRecord(each) ? Object.values(each) : [];
      if (kind === "index") return Array.isArray(each) ? (each[Number(of)] ?? []) : [];
      return isRecord(each) && Object.hasOwn(each, String(of)) ? [each[String(of)] ?? null] : [];
    });
  }
  return values;
}

/** Returns the first value that the path leads to; undefined if there is none. */
export function valueAt(value: Json, path: string): Json | undefined {
  return valuesAt(value, path)[0];
}

/** Returns whether the path names at most one value. */
export function isSingular(path: string): boolean {
  return parsePath(path).steps.every(({ kind }) => kind !== "all");
}

function notAPath(text: string): GamedayError {
  return new GamedayError({
    code: "json-path",
    expected: "a path such as $.orders[*], $.page.next or number",
    got: JSON.stringify(text),
    hint: "filters, slices and .. are not supported",
  });
}
