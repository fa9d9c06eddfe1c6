/**
 * Parses events written as maps, in EDN or JSON, one after the other or all in one list: history.edn of Knossos and Jepsen,
 * Elle's histories, elle-cli's JSON, porcupine's kv logs. Example: `{:process 0, :type :invoke, :f :append, :key "0", :value
 * "x"}`. Keys may be in any order, as keywords or strings, with or without a namespace; records (#jepsen.history.Op{...}) are
 * maps. A map that holds the list under :history stands for the list. Events of the nemesis are skipped.
 */
import type { Model } from "../linearizable/model.ts";
import { badHistory, type Form, readItems } from "./edn.ts";
import { jsonOf, textOf } from "./edn-json.ts";
import { kindOf } from "./kinds.ts";
import { type RecordedEvent, type RecordedStamp, stampOf } from "./recorded-event.ts";

export interface ImportOptions {
  readonly file: string;
  readonly model: Model;
}

type MapForm = Form & { readonly type: "map" };
const TYPES = ["invoke", "ok", "fail", "info"] as const;
const LISTS = ["history", "events", "operations", "ops"];

export function readEventMaps(text: string, notation: "edn" | "json", options: ImportOptions): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  for (const form of readItems(text, options.file, notation)) {
    for (const each of listed(form) ?? [form]) {
      const event = eventOf(mapOf(each, options.file), options);
      if (event !== undefined) events.push(event);
    }
  }
  return events;
}

/** Returns the events of a list, or of a map that holds a list; undefined if the form is itself an event. */
function listed(form: Form): readonly Form[] | undefined {
  const inner = form.type === "tagged" ? form.value : form;
  if (inner.type === "vector" || inner.type === "list") return inner.items;
  if (inner.type !== "map") return undefined;
  const field = fieldsOf(inner);
  if (field("type") !== undefined || field("f") !== undefined) return undefined;
  return LISTS.map(field)
    .filter((value) => value !== undefined)
    .map(listed)
    .find((items) => items !== undefined);
}

function mapOf(form: Form, file: string): MapForm {
  const inner = form.type === "tagged" ? form.value : form;
  if (inner.type === "map") return { ...inner, line: form.line, column: form.column };
  const got = `a ${inner.type}, ${JSON.stringify(jsonOf(inner)).slice(0, 80)}`;
  throw badHistory("an event as a map of type, f, process and value", got, {
    file,
    line: form.line,
    column: form.column,
  });
}

function eventOf(map: MapForm, options: ImportOptions): RecordedEvent | undefined {
  const field = fieldsOf(map);
  const process = given(field("process"));
  if (process !== undefined && isNemesis(process)) return undefined;
  const [kind, value, key, error] = [field("f"), field("value"), given(field("key")), given(field("error"))];
  return {
    process: process === undefined ? undefined : textOf(process),
    type: typeOf(field("type"), map, options.file),
    kind: given(kind) === undefined || kind === undefined ? undefined : kindOf(nameOf(kind), options.model.name),
    key: key === undefined ? undefined : textOf(key),
    value: value === undefined ? undefined : jsonOf(value),
    error: error === undefined ? undefined : textOf(error),
    time: stampIn(field("time")),
    index: stampIn(field("index")),
    line: map.line,
    column: map.column,
  };
}

function given(form: Form | undefined): Form | undefined {
  return form === undefined || form.type === "nil" ? undefined : form;
}

function stampIn(form: Form | undefined): RecordedStamp | undefined {
  const inner = form?.type === "tagged" ? form.value : form;
  return inner?.type === "number" || inner?.type === "string" ? stampOf(inner.text) : undefined;
}

/** Returns a function that finds a field by its local name, whether it is a keyword, a string or a symbol. */
function fieldsOf(map: Form & { readonly type: "map" }): (name: string) => Form | undefined {
  const fields = new Map(map.entries.map(([key, value]) => [nameOf(key), value]));
  return (name) => fields.get(name);
}

/** Returns the last part of a keyword, symbol or string: "f" for :jepsen.history/f. */
function nameOf(form: Form): string {
  return textOf(form).replace(/^:/, "").replace(/^.*\//, "");
}

function isNemesis(name: Form): boolean {
  return name.type !== "number" && nameOf(name) === "nemesis";
}

function typeOf(form: Form | undefined, map: MapForm, file: string): RecordedEvent["type"] {
  const found = TYPES.find((type) => form !== undefined && nameOf(form).toLowerCase() === type);
  if (found !== undefined) return found;
  const { line, column } = form ?? map;
  if (form !== undefined)
    throw badHistory("a :type of :invoke, :ok, :fail or :info", textOf(form), { file, line, column });
  const names = map.entries.map(([key]) => nameOf(key));
  const got = `no :type among ${names.slice(0, 12).join(", ") || "no fields"}`;
  throw badHistory("a :type of :invoke, :ok, :fail or :info", got, { file, line, column }, hintFor(names));
}

/** Returns a hint about maps that are not events. */
function hintFor(names: readonly string[]): string {
  const known = names.map((name) => name.toLowerCase().replace(/[^a-z]/g, ""));
  if (["input", "call", "output", "return"].every((name) => known.includes(name))) {
    return "these are porcupine's operations (etcd's operations.json has such); only the program that wrote them knows the meaning of their input and output: write them as events of type, f, process and value";
  }
  return "histories are events of type, f, process and value, as EDN or JSON, Jepsen log lines, or a run's history.ndjson";
}
