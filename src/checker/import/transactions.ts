/**
 * Transactions are lists of micro-operations, each [what, key, value], whatever the history calls them: Jepsen's long-fork test
 * records them under :write and :read, others under :txn or a name of their own.
 */
import { isRecord, type Json } from "../../std/json.ts";
import type { Model } from "../linearizable/model.ts";
import { badHistory } from "./edn.ts";
import type { RecordedEvent } from "./recorded-event.ts";

const MICRO_OPERATIONS = ["append", "a", "r", "read", "w", "write"];
const TRANSACTIONAL = ["list-append", "multi-register"];

/**
 * Returns the event with its transaction under the kind "txn". Throws GamedayError for a transaction that the model does not
 * support.
 */
export function withTransaction(event: RecordedEvent, model: Model, file: string): RecordedEvent {
  const { value } = event;
  if (value === undefined) return event;
  if (!TRANSACTIONAL.includes(model.name)) {
    if (isTransaction(value)) throw notOfModel(event, model, file);
    return event;
  }
  const list = isTransaction(value) ? value : isMicroOperation(value) ? [value] : undefined;
  return list === undefined ? event : transaction(event, list as Json[]);
}

/**
 * Builds the transaction. Transactions of objects that are tested side by side (--independent) touch only keys of their own
 * object.
 */
function transaction(event: RecordedEvent, list: readonly Json[]): RecordedEvent {
  const { key } = event;
  const own = list.map((each) =>
    Array.isArray(each) && key !== undefined ? each.map((part, at) => (at === 1 ? [key, part] : part)) : each,
  );
  return { ...event, kind: "txn", key: undefined, value: own };
}

function isTransaction(value: Json): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isMicroOperation);
}

function isMicroOperation(value: Json): boolean {
  if (!Array.isArray(value) || value.length < 2 || value.length > 3) return false;
  const [what, key] = value;
  return typeof what === "string" && MICRO_OPERATIONS.includes(what.replace(/^:/, "")) && !isRecord(key);
}

function notOfModel({ value, line, column }: RecordedEvent, { name }: Model, file: string) {
  return badHistory(
    `values of the model ${name}`,
    `a transaction, ${JSON.stringify(value).slice(0, 80)}`,
    { file, line, column },
    "--model multi-register takes transactions of writes and reads; --model list-append takes those that append to and read lists",
  );
}
