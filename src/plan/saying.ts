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

/**
 * Describes an issue. `where` names the value. `value` returns the value as text, and is called only if it is worth showing. Only
 * the fields of an issue decide. Our own refinements and patterns give what the value should be as their message, in words that
 * follow "to be", and a refinement whose value must not be shown, or does not show the fault, gives `params: { got }`.
 */
export function saying(issue: z.core.$ZodIssue, where: string, value: () => string): Saying {
  const wanted = wantedBy(issue);
  if (wanted === undefined) return { expected: `${where} to be valid`, got: issue.message };
  const got: unknown = issue.code === "custom" ? issue.params?.["got"] : undefined;
  return { expected: `${where} to be ${wanted}`, got: typeof got === "string" ? got : value() };
}

function wantedBy(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code === "invalid_type") return NOUNS[issue.expected] ?? issue.expected;
  if (issue.code === "invalid_value") return oneOf(issue.values.map((each) => JSON.stringify(each) ?? String(each)));
  if (issue.code === "too_small") return sized(issue.origin, issue.inclusive === false ? ">" : ">=", issue.minimum);
  if (issue.code === "too_big") return sized(issue.origin, issue.inclusive === false ? "<" : "<=", issue.maximum);
  if (issue.code === "custom") return issue.message;
  if (issue.code === "invalid_format") return ofFormat(issue);
  if (issue.code === "invalid_key") return oneWanted(issue.issues, "a map whose keys are each ");
  return issue.code === "invalid_union" ? oneWanted(issue.errors.flat()) : undefined;
}

function oneWanted(issues: readonly z.core.$ZodIssue[], before = ""): string | undefined {
  const known = [...new Set(issues.map(wantedBy).filter((each) => each !== undefined))];
  return known.length === 0 ? undefined : `${before}${known.join(" or ")}`;
}

/** Zod's own formats have names; the message of a pattern is ours. */
function ofFormat(issue: z.core.$ZodIssueInvalidStringFormat): string {
  if (issue.format === "regex") return issue.message;
  if (issue.format === "starts_with")
    return `a text that begins with "${"prefix" in issue ? String(issue.prefix) : ""}"`;
  return issue.format === "url" ? "a URL" : `a text of the format ${issue.format}`;
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
