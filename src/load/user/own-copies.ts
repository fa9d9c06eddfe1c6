/** What all users get and each may change: nobody must see what another has done to it. */
import type { Json } from "../../std/json.ts";

/** So much is copied in a moment; more would cost a start of many users whole seconds. */
const COPIED_BYTES_MAX = 100_000;

/** Gives each caller a copy of its own; of data that is too big for that all get the same, frozen, so that a change throws. */
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
