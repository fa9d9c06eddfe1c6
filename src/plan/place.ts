/** Turns zod's issues with a YAML document into errors with file, line, column and "did you mean". */
import { type Document, isMap, isNode, type LineCounter } from "yaml";
import type { z } from "zod";
import { GamedayError, type Place } from "../std/errors.ts";
import { suggestion } from "../std/suggest.ts";
import { saying } from "./saying.ts";

export interface Source {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
}

/** Returns the error for the first issue, which is the one nearest to the top of the file. */
export function complain(issues: readonly z.core.$ZodIssue[], source: Source, schema: z.ZodType): GamedayError {
  const located = issues
    .flatMap((issue) => ofMeant(issue, source))
    .map((issue) => ({ issue, place: placeOf(issue, source) }));
  located.sort((a, b) => (a.place.line ?? 0) - (b.place.line ?? 0) || (a.place.column ?? 0) - (b.place.column ?? 0));
  const first = located[0];
  if (first === undefined) throw new RangeError("expected at least one issue, got none");
  return describe(first, located.length - 1, schema, source);
}

/** Replaces an issue with a union by the issues of the variant that was meant: the only one that knows all keys of the map. */
function ofMeant(issue: z.core.$ZodIssue, source: Source): z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union" || !isMap(nodeAt(source.document, issue.path))) return [issue];
  const isStrange = (one: z.core.$ZodIssue) => one.code === "unrecognized_keys" && one.path.length === 0;
  const [meant, ...others] = issue.errors.filter((shape) => !shape.some(isStrange));
  if (meant === undefined || others.length > 0) return [issue];
  return meant.flatMap((one) => ofMeant({ ...one, path: [...issue.path, ...one.path] }, source));
}

function describe(
  { issue, place }: { readonly issue: z.core.$ZodIssue; readonly place: Place },
  others: number,
  schema: z.ZodType,
  source: Source,
): GamedayError {
  const where = issue.path.length === 0 ? "the plan" : `"${issue.path.join(".")}"`;
  const more = others === 0 ? "" : ` (and ${others} more)`;
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    return new GamedayError({
      code: "plan-unknown-key",
      expected: `only known keys in ${where}`,
      got: `"${key}"${more}`,
      hint: suggestion(key, keysAt(schema, issue.path)),
      place,
    });
  }
  const hint = choiceHint(issue, source);
  const { expected, got } = saying(issue, where, () => valueAt(issue.path, source));
  return new GamedayError({
    code: "plan-invalid",
    expected,
    got: `${got}${more}`,
    place,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Suggests the nearest allowed word for one that is not allowed. */
function choiceHint(issue: z.core.$ZodIssue, source: Source): string | undefined {
  if (issue.code !== "invalid_value") return undefined;
  const given = source.document.getIn(issue.path);
  return typeof given === "string" ? suggestion(given, issue.values.map(String)) : undefined;
}

/** Returns line and column of the value at a path, or else of its nearest parent. */
export function placeAt(path: readonly PropertyKey[], source: Source): Place {
  for (let length = path.length; length >= 0; length--) {
    const offset = startOf(nodeAt(source.document, path.slice(0, length)));
    if (offset !== undefined) return placeAtOffset(source, offset);
  }
  return { file: source.file, line: 1, column: 1 };
}

/** Returns line and column of what an issue is about: the unknown key itself, or else the value, or else its nearest parent. */
function placeOf(issue: z.core.$ZodIssue, source: Source): Place {
  const unknownKey = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  for (let length = issue.path.length; length >= 0; length--) {
    const node = nodeAt(source.document, issue.path.slice(0, length));
    const offset = unknownKey === undefined ? startOf(node) : (keyOffset(node, unknownKey) ?? startOf(node));
    if (offset !== undefined) return placeAtOffset(source, offset);
  }
  return { file: source.file, line: 1, column: 1 };
}

export function placeAtOffset(source: Source, offset: number): Place {
  const { line, col } = source.lines.linePos(offset);
  return { file: source.file, line, column: col };
}

function nodeAt(document: Document, path: readonly PropertyKey[]): unknown {
  return path.length === 0 ? document.contents : document.getIn(path, true);
}

const SHOWN_MAX = 80;

/** Returns the value at a path as text, truncated to fit on one line. */
function valueAt(path: readonly PropertyKey[], source: Source): string {
  const node = nodeAt(source.document, path);
  const value = isNode(node) ? node.toJS(source.document) : node;
  if (value === undefined || value === null) return "nothing";
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "nothing");
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)} ...` : text;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function keyOffset(node: unknown, key: string): number | undefined {
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item) => String(item.key) === key);
  return startOf(pair?.key);
}

/** Returns the keys that the schema knows at a path; none if it is not an object with fixed keys. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let current: z.core.$ZodType | undefined = schema;
  for (const step of path) current = current === undefined ? undefined : childOf(current, step);
  const definition = unwrap(current)?._zod.def as { shape?: Record<string, unknown> } | undefined;
  return Object.keys(definition?.shape ?? {});
}

type Definition = {
  shape?: Record<string, z.core.$ZodType>;
  element?: z.core.$ZodType;
  valueType?: z.core.$ZodType;
  innerType?: z.core.$ZodType;
  in?: z.core.$ZodType;
  options?: z.core.$ZodType[];
};

function childOf(schema: z.core.$ZodType, step: PropertyKey): z.core.$ZodType | undefined {
  const definition = schema._zod.def as Definition;
  const inner = definition.innerType ?? definition.in;
  if (inner !== undefined) return childOf(inner, step);
  const option = definition.options?.map((each) => childOf(each, step)).find((child) => child !== undefined);
  return option ?? definition.shape?.[String(step)] ?? definition.element ?? definition.valueType;
}

/** Unwraps optional, default and pipe, and takes the first object of a union. */
function unwrap(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  const definition = schema?._zod.def as Definition | undefined;
  const inner = definition?.innerType ?? definition?.in;
  if (inner !== undefined) return unwrap(inner);
  const option = definition?.options?.map(unwrap).find((each) => each !== undefined && "shape" in each._zod.def);
  return option ?? schema;
}
