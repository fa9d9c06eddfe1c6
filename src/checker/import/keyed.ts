/**
 * Keyed values: jepsen.independent tests many objects at once and writes each value as [key value], so that a read is invoked
 * with [3 nil]. The history does not declare this, but a read that is invoked with [3 nil], or a cas with [3 [1 2]], has no other
 * explanation.
 */
import { isRecord, type Json } from "../../std/json.ts";
import { badHistory } from "./edn.ts";
import { ANSWERING } from "./pair.ts";
import type { RecordedEvent } from "./recorded-event.ts";

/** Models in which a value can itself be a pair, so that pairs alone prove nothing; and models in which it cannot. */
const OF_ANY_VALUE = ["register", "cas-register", "set", "queue"];
const OF_NO_PAIRS = ["counter", "kv"];
const READS = ["read", "get", "dequeue"];

/**
 * Returns whether values are [key value]. `told` decides if it is given; otherwise the values do: "perhaps" means that both are
 * possible.
 */
export function keyedness(
  events: readonly RecordedEvent[],
  model: string,
  file: string,
  told?: boolean,
): "yes" | "no" | "perhaps" {
  if (told !== undefined) return told ? "yes" : "no";
  const isKnown = OF_ANY_VALUE.includes(model) || OF_NO_PAIRS.includes(model);
  if (!isKnown || events.some(({ key }) => key !== undefined)) return "no";
  const valued = events.filter(isValued);
  const plain = valued.find((event) => !isKeyed(event));
  const proof = events.find(provesKeys);
  if (proof !== undefined && plain !== undefined) throw half(proof, plain, file);
  if (proof !== undefined) return "yes";
  if (valued.length === 0 || plain !== undefined) return "no";
  return OF_NO_PAIRS.includes(model) ? "yes" : "perhaps";
}

/** Returns whether the value is a request or an answer. Errors often take the place of the value. */
function isValued({ type, kind, value }: RecordedEvent): boolean {
  const isAnswering = ANSWERING.includes(kind ?? "");
  if (value === undefined || (value === null && isAnswering)) return false;
  return type === "invoke" || (type === "ok" && isAnswering);
}

function isKeyed({ kind, value }: RecordedEvent): boolean {
  const [, inner] = pairOf(value) ?? [];
  return inner !== undefined && (kind !== "cas" || (Array.isArray(inner) && inner.length === 2) || isRecord(inner));
}

function provesKeys(event: RecordedEvent): boolean {
  const { type, kind = "", value } = event;
  if (type !== "invoke" || !isKeyed(event)) return false;
  return kind === "cas" || (READS.includes(kind) && pairOf(value)?.[1] === null);
}

/**
 * Splits the [key value] of an event; a completion without one keeps the invocation's key. Throws GamedayError for any other
 * value.
 */
export function splitKey(event: RecordedEvent, file: string): RecordedEvent {
  const { type, kind, value, line, column } = event;
  const isAnswering = ANSWERING.includes(kind ?? "");
  if (value === undefined || (value === null && (isAnswering || type !== "invoke"))) return event;
  const found = pairOf(value);
  if (found !== undefined) return { ...event, key: nameOfKey(found[0]), value: found[1] };
  if (type !== "invoke" && !(type === "ok" && isAnswering)) return { ...event, value: undefined };
  const hint = "without --independent, values are taken as they are";
  throw badHistory("a value of [key value]", JSON.stringify(value), { file, line, column }, hint);
}

/** Returns the parts of [key value], or of a map with :key and :value. */
function pairOf(value: Json | undefined): readonly [Json, Json] | undefined {
  if (Array.isArray(value)) {
    const [key, inner] = value;
    return value.length === 2 && key !== undefined && key !== null && inner !== undefined ? [key, inner] : undefined;
  }
  if (!isRecord(value) || Object.keys(value).length !== 2) return undefined;
  const [key, inner] = ["key", "value"].map((name) => (Object.hasOwn(value, name) ? value[name] : value[`:${name}`]));
  return key === undefined || key === null || inner === undefined ? undefined : [key, inner];
}

function nameOfKey(key: Json): string {
  return typeof key === "string" ? key : JSON.stringify(key);
}

function half(proof: RecordedEvent, plain: RecordedEvent, file: string) {
  const { line, column } = plain;
  return badHistory(
    `a value of [key value], as in line ${proof.line} (${JSON.stringify(proof.value)})`,
    JSON.stringify(plain.value ?? null),
    { file, line, column },
    "with --no-independent, all values are taken as they are",
  );
}
