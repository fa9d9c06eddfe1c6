/** Any value that JSON can hold; what crosses a file or a socket is always of this type. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** JSON with object keys sorted at every depth, so that equal values have equal bytes. */
export function canonicalJson(value: Json): string {
  return JSON.stringify(value, (_key, inner: Json) => (isRecord(inner) ? sortKeys(inner) : inner));
}

/** True for a plain JSON object (not null, not an array). */
export function isRecord(value: unknown): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sortKeys(record: { [key: string]: Json }): { [key: string]: Json } {
  // Code-unit order, never localeCompare: the bytes must not depend on LANG.
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/**
 * JSON text with every text in it, names of fields included, given through `redact`. Never the serialised text as a whole:
 * a secret of digits would be cut out of numbers, and leave what is no JSON any more.
 */
export function redactedJson(value: unknown, redact: (text: string) => string, indent?: number): string {
  const clean = (_key: string, inner: unknown) => {
    if (typeof inner === "string") return redact(inner);
    if (!isRecord(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, each]) => [redact(key), each]));
  };
  return JSON.stringify(value, clean, indent);
}
