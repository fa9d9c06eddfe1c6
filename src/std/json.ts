/** Any value that JSON can represent; everything that is written to a file or a socket has this type. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Returns JSON with object keys sorted at every depth, so that equal values have equal bytes. */
export function canonicalJson(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return JSON.stringify(value, (_key, inner: Json) => (isRecord(inner) ? sortKeys(inner) : inner));
}

/** Returns true for a plain JSON object (not null, not an array). */
export function isRecord(value: unknown): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sortKeys(record: { [key: string]: Json }): { [key: string]: Json } {
  // Code-unit order, never localeCompare: the bytes must not depend on LANG.
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/**
 * Returns JSON in which every text, including the names of fields, has been passed through `redact`. The serialised text is
 * never redacted as a whole: a secret that consists of digits would be removed from numbers, and the rest would no longer be
 * valid JSON.
 */
export function redactedJson(value: unknown, redact: (text: string) => string, indent?: number): string {
  const clean = (_key: string, inner: unknown) => {
    if (typeof inner === "string") return redact(inner);
    if (!isRecord(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, each]) => [redact(key), each]));
  };
  return JSON.stringify(value, clean, indent);
}

/** The deepest nesting that is accepted. Deeper values are abuse: everything that walks a value is recursive. */
export const JSON_DEPTH_MAX = 500;

/** Parses JSON; throws a SyntaxError also for values that are nested deeper than JSON_DEPTH_MAX. */
export function parseJson(text: string): unknown {
  if (nestsDeeper(text, JSON_DEPTH_MAX)) throw new SyntaxError(`more than ${JSON_DEPTH_MAX} levels of nesting`);
  return JSON.parse(text) as unknown;
}

/**
 * Returns whether brackets outside of strings are nested deeper than this number of levels. Short texts cannot be, and are not
 * scanned.
 */
export function nestsDeeper(text: string, levels: number): boolean {
  if (text.length <= 2 * levels) return false;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) quoted = !quoted;
    else if (quoted) at += code === 0x5c ? 1 : 0;
    else if (code === 0x5b || code === 0x7b) depth++;
    else if (code === 0x5d || code === 0x7d) depth--;
    if (depth > levels) return true;
  }
  return false;
}
