/** Describes what is wrong with a value as "expected ..., got ...": zod's issues in words for authors of plans. */
import type { z } from "zod";

export interface Saying {
  readonly expected: string;
  readonly got: string;
}

const NOUNS: Readonly<Record<string, string>> = {
  object: "a map",
  record: "a map",
  array: "a list",
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};
const SIZES: Readonly<Record<string, string>> = {
  ">=": "at least",
  "<=": "at most",
  ">": "more than",
  "<": "less than",
};
/** The pattern of our own messages: either what the value should be, with or without what it is, or a complete error message. */
const OWN = /^((?:an?|at least|one of|either) .*?)(?:, got (.*))?$/s;

/** Describes an issue. `where` names the value. `value` returns the value as text, and is called only if it is worth showing. */
export function saying(issue: z.core.$ZodIssue, where: string, value: () => string): Saying {
  if (issue.code === "custom" || issue.code === "invalid_format") return own(issue.message, where, value);
  const wanted = wantedBy(issue);
  return wanted === undefined
    ? { expected: `${where} to be right`, got: issue.message }
    : { expected: `${where} to be ${wanted}`, got: value() };
}

function own(message: string, where: string, value: () => string): Saying {
  const [, wanted, got] = OWN.exec(message) ?? [];
  return wanted === undefined
    ? { expected: `${where} to be right`, got: message }
    : { expected: `${where} to be ${wanted}`, got: got ?? value() };
}

function wantedBy(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code === "invalid_type") return NOUNS[issue.expected] ?? issue.expected;
  if (issue.code === "invalid_value") return oneOf(issue.values.map((each) => JSON.stringify(each) ?? String(each)));
  if (issue.code === "too_small") return sized(issue.origin, issue.inclusive === false ? ">" : ">=", issue.minimum);
  if (issue.code === "too_big") return sized(issue.origin, issue.inclusive === false ? "<" : "<=", issue.maximum);
  if (issue.code === "invalid_format" || issue.code === "custom") return OWN.exec(issue.message)?.[1];
  if (issue.code !== "invalid_union") return undefined;
  const all = issue.errors.flat().map(wantedBy);
  const known = [...new Set(all.filter((each) => each !== undefined))];
  return known.length === 0 ? undefined : known.join(" or ");
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? (values[0] ?? "") : `one of ${values.join(", ")}`;
}

/** Returns "at least 1", "a list of at most 1000", "a text of at least 1 character". */
function sized(origin: string, sign: string, limit: number | bigint): string {
  const size = `${SIZES[sign]} ${limit}`;
  if (origin === "array") return `a list of ${size}`;
  return origin === "string" ? `a text of ${size} character${Number(limit) === 1 ? "" : "s"}` : size;
}
