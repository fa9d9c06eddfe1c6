/** The words of foreign histories for what was done, by model, in the words of our models. */
const ALIASES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  register: { r: "read", w: "write" },
  "cas-register": { r: "read", w: "write", "compare-and-set": "cas" },
  counter: { r: "read", add: "increment", inc: "increment", dec: "decrement" },
  set: { r: "read" },
  kv: { read: "get", r: "get", write: "put", w: "put" },
  "list-append": { r: "read", w: "write" },
  "multi-register": { r: "read", w: "write" },
};

/** "r" and "w" for read and write, Jepsen's "add" of a counter, and the like; anything else stays as it is. */
export function kindOf(word: string, model: string): string {
  return ALIASES[model]?.[word] ?? word;
}
