/**
 * Histories as Jepsen's log lines: `INFO  jepsen.util - 0 :invoke :write 3`, with time and thread before it as newer versions have
 * (`... INFO [jepsen worker 0] jepsen.util: 0 :invoke :write 3`), or without what stands before the process
 * (history.txt). Fields are divided by tabs or spaces; values are EDN (nil, 3, [0 3]). A completion's keyword
 * (:timed-out) is an error, not a value. Lines of other loggers, stack traces, blank lines and those of the nemesis are skipped.
 */
import { badHistory, readEdn } from "./edn.ts";
import { type ImportOptions, keyed } from "./edn-history.ts";
import { jsonOf } from "./edn-json.ts";
import { kindOf } from "./kinds.ts";
import type { RecordedEvent } from "./recorded-event.ts";

const OF_UTIL = /^.*?\bjepsen\.util\b\s*(?:-\s+|:\s+)?/;
const OF_OTHERS = /^(?:\S+\s+){0,4}(?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\b/;
/** What an exception leaves in a log. */
const TRACE = /^(?:\s+at\s|\s*\.{3} \d+ |\s*Caused by:|\s*(?:[\w$]+\.)+[\w$]*(?:Exception|Error)\w*\b)/;
/** Clients are numbered; whoever is named by a keyword is none. */
const OF_NEMESIS = /^(?::?nemesis\b|:[\w.-]+\s+:(?:invoke|ok|fail|info)\b)/;
const EVENT = /^([\w.-]+)\s+:(invoke|ok|fail|info)\s+:([\w./?!*+<>=-]+)(?:\s+(.*))?$/d;

export function readJepsenLog(text: string, options: ImportOptions): RecordedEvent[] {
  return text.split(/\r?\n/).flatMap((line, index) => eventsOf(line, index + 1, options));
}

function eventsOf(line: string, number: number, options: ImportOptions): RecordedEvent[] {
  if (line.trim() === "") return [];
  const prefix = OF_UTIL.exec(line)?.[0] ?? "";
  if (prefix === "" && (OF_OTHERS.test(line) || TRACE.test(line))) return [];
  const rest = line.slice(prefix.length).trimEnd();
  if (OF_NEMESIS.test(rest)) return [];
  const column = prefix.length + 1;
  const match = EVENT.exec(rest);
  const [, process = "", type, kind, value] = match ?? [];
  if (kind === undefined) throw notAnEvent(rest, { line: number, column }, options.file);
  const valueAt = { line: number, column: column + (match?.indices?.[4]?.[0] ?? 0) };
  const event: RecordedEvent = {
    process,
    type: type as RecordedEvent["type"],
    kind: kindOf(kind, options.model.name),
    key: undefined,
    value: firstValue(value, type !== "invoke", options.file, valueAt),
    line: number,
    column,
  };
  return [options.independent ? keyed(event, options.file) : event];
}

/** The first EDN form; what follows it is a remark of Jepsen's. */
function firstValue(
  text: string | undefined,
  isCompletion: boolean,
  file: string,
  place: { line: number; column: number },
) {
  const [form] = text === undefined ? [] : readEdn(text, file, place);
  if (form === undefined) return undefined;
  return isCompletion && form.type === "keyword" ? undefined : jsonOf(form);
}

function notAnEvent(got: string, place: { line: number; column: number }, file: string) {
  return badHistory(
    "PROCESS :invoke|:ok|:fail|:info :WHAT VALUE",
    JSON.stringify(got.slice(0, 80)),
    { file, ...place },
    "histories are Jepsen log lines, EDN maps, or a run's history.ndjson; the last line may have been cut off",
  );
}
