/** Validates the messages of workers before they are used: a stranger, or a broken worker, must not be able to end the load. */
import { isRecord } from "../../std/json.ts";
import { NOTE_KINDS } from "../../timeline.ts";
import { BATCH_REQUESTS_MAX, ROW_LENGTH } from "../count/request-batch.ts";
import type { WireFromWorker } from "./envelope.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Parses a message; returns undefined when it is not a message of a worker. */
export function parsed(text: string): WireFromWorker | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && isSaid(value) ? (value as unknown as WireFromWorker) : undefined;
  } catch {
    return undefined;
  }
}

function isSaid(said: Fields): boolean {
  const { wire, number, message } = said;
  if (wire === "hello") return isHello(said);
  if (wire === "clock") return typeof said["sentNs"] === "string";
  if (wire === "message") return isCount(number) && isRecord(message) && isMessage(message);
  return wire === "alive" || (wire === "bye" && typeof said["because"] === "string");
}

/** Accepts a hello of version 1 without an id, so that the gateway can answer that the version is wrong. */
function isHello({ version, id, next, heard, lineMs, running }: Fields): boolean {
  if (typeof version !== "number") return false;
  if (typeof id !== "string") return version === 1;
  return isCount(next) && isCount(heard) && isNumber(lineMs) && (running === null || isRunning(running));
}

function isRunning(running: unknown): boolean {
  if (!isRecord(running)) return false;
  const { runId, load, slot, startAtMs, epoch, data } = running;
  const named = typeof runId === "string" && typeof load === "string" && isCount(slot);
  return named && isNumber(startAtMs) && isRecord(epoch) && isCount(epoch["number"]) && Array.isArray(data);
}

function isMessage(message: Fields): boolean {
  const { type } = message;
  if (type === "interval") return isRecord(message["interval"]) && isInterval(message["interval"]);
  if (type === "operations") return isRecords(message["operations"]);
  if (type === "requests") return isRecord(message["batch"]) && isBatch(message["batch"]);
  if (type === "note") return typeof message["says"] === "string" && isNoteKind(message["kind"]);
  if (type === "gap") return isNumber(message["fromMs"]) && isNumber(message["toMs"]);
  if (type === "failed") return isRecord(message["error"]);
  if (type === "rows-back")
    return typeof message["key"] === "string" && Array.isArray(message["rows"]) && message["rows"].every(isNumber);
  if (type === "set-up") return Array.isArray(message["data"]);
  return typeof type === "string";
}

function isBatch({ worker, number, lost, texts, tags, rows }: Fields): boolean {
  if (typeof worker !== "string" || !isCount(number) || !isCount(lost) || !isTexts(texts)) return false;
  if (!isRecords(tags) || !tags.every((one) => isTexts(Object.values(one)))) return false;
  if (!Array.isArray(rows) || rows.length > BATCH_REQUESTS_MAX * ROW_LENGTH) return false;
  return rows.length % ROW_LENGTH === 0 && rows.every(isNumber);
}

function isNoteKind(kind: unknown): boolean {
  return kind === undefined || (NOTE_KINDS as readonly unknown[]).includes(kind);
}

function isInterval(interval: Fields): boolean {
  const { worker, sequence, fromMs, toMs, users, usersIntended, dropped, metrics, health, examples } = interval;
  if (typeof worker !== "string" || !isCount(sequence) || !isRecord(health)) return false;
  if (![fromMs, toMs, users, usersIntended, dropped].every(isNumber)) return false;
  return isRecords(metrics) && metrics.every(isDelta) && (examples === undefined || isExamples(examples));
}

function isExamples(value: unknown): boolean {
  if (!isRecords(value)) return false;
  return value.every(
    ({ atMs, status, ...texts }) =>
      isNumber(atMs) &&
      isNumber(status) &&
      ["name", "error", "method", "url", "says"].every((key) => typeof texts[key] === "string"),
  );
}

function isDelta({ metric, count, failed, sum, buckets }: Fields): boolean {
  if (typeof metric !== "string" || ![count, failed, sum].every(isNumber)) return false;
  return buckets === undefined || (Array.isArray(buckets) && buckets.every(isNumber));
}

function isRecords(value: unknown): value is Fields[] {
  return Array.isArray(value) && value.every(isRecord);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
