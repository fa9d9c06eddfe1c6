/** Data that all users receive and that each may change without any other user seeing the change. */
import type { Json } from "../../std/json.ts";

/** The longest JSON text that each user gets a copy of. Copies of more would take whole seconds when many users start. */
const COPIED_BYTES_MAX = 100_000;

/** Returns a function that gives each caller its own copy. All callers share data that is too large, frozen: a change throws. */
export function ownCopies(data: Json): () => Json {
  if (typeof data !== "object" || data === null) return () => data;
  const text = JSON.stringify(data);
  if (text.length <= COPIED_BYTES_MAX) return () => JSON.parse(text) as Json;
  const frozen = deeplyFrozen(JSON.parse(text) as Json);
  return () => frozen;
}

function deeplyFrozen(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  for (const inner of Object.values(value)) deeplyFrozen(inner);
  Object.freeze(value);
  return value;
}
