/** Fills the placeholders of a hook's request: "{text}" in the middle of a text, or a value of its own if it is the whole text. */
import { isRecord, type Json } from "../../std/json.ts";
import { valueAt } from "../../std/json-path.ts";
import type { QueuedRequest } from "../sender.ts";
import type { HookRequest } from "./schema.ts";

export type Values = Readonly<Record<string, string | number | null>>;

/** The answer to the first request, for {answer.NAME}. */
export interface Filling {
  readonly values: Values;
  readonly answer: Json;
}

const PLACEHOLDER = /\{([a-zA-Z][\w.]*)\}/g;

/** Returns the request, or null if it needs a field of an answer that did not come. */
export function filledRequest({ method, url, headers, body }: HookRequest, filling: Filling): QueuedRequest | null {
  const parts = { url: fill(url, filling, encodeURIComponent), body: filledJson(body, filling) };
  if (parts.url === null || parts.body === undefined) return null;
  return {
    method,
    url: parts.url,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(parts.body),
  };
}

/** Returns the names of placeholders that do not exist. */
export function unknownPlaceholders(request: HookRequest, known: ReadonlySet<string>): string[] {
  const names = [...JSON.stringify([request.url, request.body]).matchAll(PLACEHOLDER)].map(([, name = ""]) => name);
  return names.filter((name) => !known.has(name) && !name.startsWith("answer."));
}

function filledJson(value: Json, filling: Filling): Json | undefined {
  if (typeof value === "string") return filledText(value, filling);
  if (Array.isArray(value)) {
    const items = value.map((each) => filledJson(each, filling));
    return items.every((each) => each !== undefined) ? items : undefined;
  }
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, filledJson(each as Json, filling)] as const);
  return entries.every(([, each]) => each !== undefined) ? (Object.fromEntries(entries) as Json) : undefined;
}

/** A text that is one placeholder becomes its value, so that a number stays a number. */
function filledText(text: string, filling: Filling): Json | undefined {
  const [whole, name] = /^\{([a-zA-Z][\w.]*)\}$/.exec(text) ?? [];
  if (whole !== undefined && name !== undefined) return lookUp(name, filling);
  return fill(text, filling, (value) => value) ?? undefined;
}

function fill(text: string, filling: Filling, encode: (value: string) => string): string | null {
  let isWhole = true;
  const filled = text.replaceAll(PLACEHOLDER, (_whole, name: string) => {
    const value = lookUp(name, filling);
    if (value === undefined) isWhole = false;
    return encode(typeof value === "string" ? value : JSON.stringify(value ?? null));
  });
  return isWhole ? filled : null;
}

function lookUp(name: string, { values, answer }: Filling): Json | undefined {
  if (name.startsWith("answer.")) return valueAt(answer, name.slice("answer.".length));
  return values[name];
}
