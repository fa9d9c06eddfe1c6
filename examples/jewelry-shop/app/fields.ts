/** Reads fields of a request's body within their bounds. Any other value is a 422 that names the field. */
import { refused } from "./errors.ts";

const ID_LENGTH_MAX = 200;

export function record(value: unknown, what = "the body"): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw refused("bad-body", `expected ${what} to be a JSON object, got ${describe(value)}`);
}

export function text(fields: Readonly<Record<string, unknown>>, name: string, lengthMax = 200): string {
  const value = fields[name];
  if (typeof value === "string" && value.length > 0 && value.length <= lengthMax) return value;
  throw refused("bad-field", `expected "${name}" to be text of 1 to ${lengthMax} characters, got ${describe(value)}`);
}

export function optionalText(fields: Readonly<Record<string, unknown>>, name: string): string | null {
  return fields[name] === undefined || fields[name] === null ? null : text(fields, name);
}

export function whole(fields: Readonly<Record<string, unknown>>, name: string, min: number, max: number): number {
  const value = fields[name];
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw refused("bad-field", `expected "${name}" to be a whole number from ${min} to ${max}, got ${describe(value)}`);
}

export function list(fields: Readonly<Record<string, unknown>>, name: string, lengthMax: number): readonly unknown[] {
  const value = fields[name];
  if (Array.isArray(value) && value.length > 0 && value.length <= lengthMax) return value;
  throw refused("bad-field", `expected "${name}" to be a list of 1 to ${lengthMax} items, got ${describe(value)}`);
}

/** Reads the client's own id of a write, by which a repeat is recognised. */
export function clientId(fields: Readonly<Record<string, unknown>>): string {
  return text(fields, "id", ID_LENGTH_MAX);
}

/** Parses a whole number from a path or query, such as "17". */
export function number(given: string | null | undefined, name: string, min: number, max: number): number {
  const value = given === null || given === undefined || given === "" ? Number.NaN : Number(given);
  return whole({ [name]: value }, name, min, max);
}

function describe(value: unknown): string {
  return value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value)).slice(0, 60);
}
