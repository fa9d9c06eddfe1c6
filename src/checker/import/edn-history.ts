/**
 * Histories as EDN maps, one a line or all in one vector or list: Knossos' and Jepsen's history.edn, Elle's, and
 * porcupine's kv logs. `{:process 0, :type :invoke, :f :append, :key "0", :value "x"}`: keys in any order, as keywords
 * or strings, with or without a namespace; records (#jepsen.history.Op{...}) are maps. Events of the nemesis are skipped.
 */
import type { Json } from "../../std/json.ts";
import type { Model } from "../linearizable/model.ts";
import { badHistory, type Form, readEdn } from "./edn.ts";
import { jsonOf, textOf } from "./edn-json.ts";
import { kindOf } from "./kinds.ts";
import type { RecordedEvent } from "./recorded-event.ts";

export interface ImportOptions {
  readonly file: string;
  readonly model: Model;
  /** Values are [key value], as jepsen.independent writes them. */
  readonly independent: boolean;
}

type MapForm = Form & { readonly type: "map" };
const TYPES = ["invoke", "ok", "fail", "info"] as const;

export function readEdnHistory(text: string, options: ImportOptions): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  for (const form of readEdn(text, options.file)) {
    for (const each of form.type === "vector" || form.type === "list" ? form.items : [form]) {
      const event = eventOf(mapOf(each, options.file), options);
      if (event !== undefined) events.push(event);
    }
  }
  return events;
}

function mapOf(form: Form, file: string): MapForm {
  const inner = form.type === "tagged" ? form.value : form;
  if (inner.type === "map") return { ...inner, line: form.line, column: form.column };
  throw badHistory("an operation as a map {...}", `a ${inner.type}`, { file, line: form.line, column: form.column });
}

function eventOf(map: MapForm, options: ImportOptions): RecordedEvent | undefined {
  const field = fieldsOf(map);
  const process = field("process");
  if (process !== undefined && isNemesis(process)) return undefined;
  const kind = field("f");
  const value = field("value");
  const key = field("key");
  const event: RecordedEvent = {
    process: process === undefined ? undefined : textOf(process),
    type: typeOf(field("type"), map, options.file),
    kind: kind === undefined || kind.type === "nil" ? undefined : kindOf(nameOf(kind), options.model.name),
    key: key === undefined ? undefined : textOf(key),
    value: value === undefined ? undefined : jsonOf(value),
    line: map.line,
    column: map.column,
  };
  return options.independent ? keyed(event, options.file) : event;
}

/** Looks a field up by its local name, whether it is a keyword, a string or a symbol. */
function fieldsOf(map: MapForm): (name: string) => Form | undefined {
  const fields = new Map(map.entries.map(([key, value]) => [nameOf(key), value]));
  return (name) => fields.get(name);
}

/** The last part of a keyword, symbol or string: "f" of :jepsen.history/f. */
function nameOf(form: Form): string {
  return textOf(form).replace(/^:/, "").replace(/^.*\//, "");
}

function isNemesis(name: Form): boolean {
  return name.type !== "number" && nameOf(name) === "nemesis";
}

function typeOf(form: Form | undefined, map: MapForm, file: string): RecordedEvent["type"] {
  const found = TYPES.find((type) => form !== undefined && nameOf(form) === type);
  if (found !== undefined) return found;
  const got = form === undefined ? "no :type" : textOf(form);
  throw badHistory("a :type of :invoke, :ok, :fail or :info", got, {
    file,
    line: form?.line ?? map.line,
    column: form?.column ?? map.column,
  });
}

/** Splits jepsen.independent's [key value]; a completion without one keeps the invocation's. */
export function keyed(event: RecordedEvent, file: string): RecordedEvent {
  if (event.value === undefined || (event.value === null && event.type !== "invoke")) return event;
  const [key, value] = Array.isArray(event.value) ? event.value : [];
  if (key === undefined || value === undefined) {
    const { line, column } = event;
    throw badHistory("a value of [key value]", JSON.stringify(event.value), { file, line, column });
  }
  return { ...event, key: nameOfKey(key), value };
}

function nameOfKey(key: Json): string {
  return typeof key === "string" ? key : JSON.stringify(key);
}
