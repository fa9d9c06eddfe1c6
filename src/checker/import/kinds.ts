/**
 * Translates the kinds of foreign histories, by model, to the kinds of our models, and foreign forms of a cas to ours.
 */
import { isRecord, type Json } from "../../std/json.ts";

const CAS = { "compare-and-set": "cas", "compare-and-swap": "cas", compareAndSet: "cas", "cas!": "cas" };

const ALIASES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  register: { r: "read", w: "write" },
  "cas-register": { r: "read", w: "write", ...CAS },
  counter: { r: "read", add: "increment", inc: "increment", dec: "decrement" },
  set: { r: "read" },
  kv: { read: "get", r: "get", write: "put", w: "put" },
  "list-append": { r: "read", w: "write" },
  "multi-register": { r: "read", w: "write" },
};

/**
 * Translates "r" and "w" to read and write, Jepsen's "add" on a counter to increment, and the like; any other kind remains
 * unchanged.
 */
export function kindOf(word: string, model: string): string {
  const aliases = ALIASES[model];
  return aliases !== undefined && Object.hasOwn(aliases, word) ? (aliases[word] ?? word) : word;
}

const FROM = ["from", "old", "expected"];
const TO = ["to", "new"];

/** Returns a cas as [from, to] if it is a map of both; anything else remains unchanged. */
export function casValue(value: Json): Json {
  if (!isRecord(value)) return value;
  const field = (names: readonly string[]) =>
    names.flatMap((name) => [value[name], value[`:${name}`]]).find((found) => found !== undefined);
  const [from, to] = [field(FROM), field(TO)];
  return from === undefined || to === undefined ? value : [from, to];
}
