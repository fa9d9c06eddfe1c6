/** The words of foreign histories for what was done, by model, in the words of our models; and their ways to write a cas. */
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

/** "r" and "w" for read and write, Jepsen's "add" of a counter, and the like; anything else stays as it is. */
export function kindOf(word: string, model: string): string {
  const aliases = ALIASES[model];
  return aliases !== undefined && Object.hasOwn(aliases, word) ? (aliases[word] ?? word) : word;
}

const FROM = ["from", "old", "expected"];
const TO = ["to", "new"];

/** A cas as [from, to], where it is a map of both; anything else stays as it is. */
export function casValue(value: Json): Json {
  if (!isRecord(value)) return value;
  const field = (names: readonly string[]) =>
    names.flatMap((name) => [value[name], value[`:${name}`]]).find((found) => found !== undefined);
  const [from, to] = [field(FROM), field(TO)];
  return from === undefined || to === undefined ? value : [from, to];
}
