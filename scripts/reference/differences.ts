import { isDeepStrictEqual } from "node:util";

/** Keys whose values are sentences for people; their wording may change without changing the judgement. */
const TEXTS: ReadonlySet<string> = new Set(["says", "because", "sentence", "what", "explanation", "notes"]);

/**
 * Returns where two JSON values differ, a line each, as `path: before -> after`. Texts for people count as equal; a list of another
 * length is one difference, because its items cannot be matched.
 */
export function differencesOf(before: unknown, after: unknown, path = ""): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((one, index) => differencesOf(one, after[index], `${path}[${labelOf(one) ?? index}]`));
  if (isObject(before) && isObject(after))
    return Object.keys({ ...before, ...after })
      .filter((key) => !(TEXTS.has(key) && typeof before[key] === typeof after[key]))
      .flatMap((key) => differencesOf(before[key], after[key], path === "" ? key : `${path}.${key}`));
  return [`${path}: ${shown(before)} -> ${shown(after)}`];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns what names an item of a list: its id, its name or its checker. */
function labelOf(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const name = value["id"] ?? value["name"] ?? value["checker"];
  return typeof name === "string" ? name : undefined;
}

const CHARACTERS_MAX = 100;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > CHARACTERS_MAX ? `${text.slice(0, CHARACTERS_MAX)}...` : text;
}
