/**
 * Our own history.ndjson: operations as JSON, one per line; see history.ts.
 */
import type { Operation } from "../../history.ts";
import { isRecord, type Json } from "../../std/json.ts";
import type { Model } from "../linearizable/model.ts";
import { badHistory } from "./edn.ts";
import { accepted } from "./pair.ts";

export interface NdjsonOptions {
  readonly file: string;
  readonly model: Model;
  readonly object?: string;
}

const OUTCOMES = ["ok", "refused", "unknown"];

/** Returns the operations of one object. If `object` is undefined, the file must contain only one object. */
export function readNdjsonHistory(text: string, options: NdjsonOptions): Operation[] {
  const { file, object, model } = options;
  const operations = text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === "") return [];
    const place = { file, line: index + 1, column: 1 };
    const operation = operationOf(line, place);
    if (object !== undefined && operation.object !== object) return [];
    return [accepted(place, operation, { file, accept: model.accept })];
  });
  const objects = [...new Set(operations.map((operation) => operation.object))];
  if (objects.length > 1) {
    const hint = "choose one with --object";
    throw badHistory("a history of one object", `objects ${objects.join(", ")}`, { file }, hint);
  }
  return operations;
}

function operationOf(line: string, place: { file: string; line: number; column: number }): Operation {
  const value = parse(line, place);
  const complaint = isRecord(value) ? complaintAbout(value) : "not an object";
  if (complaint !== null) throw badHistory("an operation of history.ndjson", complaint, place);
  return value as unknown as Operation;
}

function parse(line: string, place: { file: string; line: number; column: number }): Json {
  try {
    return JSON.parse(line) as Json;
  } catch {
    throw badHistory("one JSON object a line", JSON.stringify(line.slice(0, 80)), place);
  }
}

function complaintAbout(value: { [key: string]: Json }): string | null {
  for (const name of ["id", "process", "object", "kind"]) {
    if (typeof value[name] !== "string") return `no ${name}`;
  }
  const outcome = value["outcome"];
  const type = isRecord(outcome ?? null) ? (outcome as { [key: string]: Json })["type"] : undefined;
  if (!OUTCOMES.includes(String(type))) return "no outcome";
  return typeof value["invokedAtMs"] === "number" ? null : "no invokedAtMs";
}
