/**
 * Parses histories in the form of Jepsen's log lines: `INFO  jepsen.util - 0 :invoke :write 3`, or with time and thread before it
 * as in newer versions (`... INFO [jepsen worker 0] jepsen.util: 0 :invoke :write 3`), or without everything before the process
 * (history.txt). Fields are separated by tabs or spaces. Values are EDN (nil, 3, [0 3]), and the text after a value is the reason
 * why an operation failed. A keyword in the place of the value of an operation that failed or timed out is such a reason too.
 *
 * In a complete log everything else is skipped: other loggers, the test as it is printed over many lines, results, stack traces,
 * the nemesis. Only a line that begins like an event but is not one is an error: it was truncated. In a file without logger
 * prefixes (history.txt), every line must be an event.
 */
import { messageOf } from "../../std/errors.ts";
import { badHistory, type Form, readEdn } from "./edn.ts";
import { jsonOf, textOf } from "./edn-json.ts";
import type { ImportOptions } from "./event-map.ts";
import { kindOf } from "./kinds.ts";
import type { RecordedEvent } from "./recorded-event.ts";

/** Matches the prefix of the message: everything up to Jepsen's logger of operations, or up to any logger's name. */
const OF_UTIL = /^.*?\bjepsen\.util\b\s*(?:-\s+|:\s+)/;
const OF_OTHERS = /^.*?\b(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL)\b.*?(?:\s-|:)\s+/;
const IS_LOGGED = /\b(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL)\b|\bjepsen\.util\b/;
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, "g");
const OF_NEMESIS = /^:?nemesis\b/;
/** Clients have numbers or names. */
const EVENT = /^(:?[\w.-]+)\s+:(invoke|ok|fail|info)\s+:?([\w./?!*+<>=-]+)(?:\s+(.*))?$/d;
const BEGINS_AS_EVENT = /^(?:\d+(?:\s+:|\s*$)|:(?:invoke|ok|fail|info)\s+:)/;
const BEGINS_BARE = /^(?:\d+\s+:|:(?:invoke|ok|fail|info)\s+:)/;

export function readJepsenLog(text: string, options: ImportOptions): RecordedEvent[] {
  const lines = text.replaceAll(COLOURS, "").split(/\r\n|\n|\r/);
  const isLog = lines.some((line) => IS_LOGGED.test(line));
  const events = lines.flatMap((line, index) => eventsOf(line, { number: index + 1, isLog }, options));
  if (events.length > 0) return events;
  const got = JSON.stringify((lines.find((line) => line.trim() !== "") ?? "").slice(0, 80));
  throw badHistory(EXPECTED, got, { file: options.file, line: 1, column: 1 }, HINT);
}

/** Returns whether the text has events in log lines; used for texts that begin like another notation. */
export function isJepsenLog(text: string): boolean {
  return /^(?:.*\bjepsen\.util\b\s*[-:]\s+)?\d+\s+:(?:invoke|ok|fail|info)\s+:?\w/m.test(text);
}

function eventsOf(
  line: string,
  { number, isLog }: { number: number; isLog: boolean },
  options: ImportOptions,
): RecordedEvent[] {
  if (line.trim() === "") return [];
  const prefix = (OF_UTIL.exec(line) ?? OF_OTHERS.exec(line))?.[0] ?? "";
  const rest = line.slice(prefix.length).trimEnd();
  if (OF_NEMESIS.test(rest)) return [];
  const place = { line: number, column: prefix.length + 1 };
  const match = EVENT.exec(rest);
  const [, process = "", type, kind, value] = match ?? [];
  if (kind === undefined) {
    if (isLog && !(prefix === "" ? BEGINS_BARE : BEGINS_AS_EVENT).test(rest)) return [];
    throw badHistory(EXPECTED, JSON.stringify(rest.slice(0, 80)), { file: options.file, ...place }, HINT);
  }
  const valueAt = { line: number, column: place.column + (match?.indices?.[4]?.[0] ?? 0) };
  return [
    {
      process,
      type: type as RecordedEvent["type"],
      kind: kindOf(kind, options.model.name),
      key: undefined,
      ...valueAndError(value, type === "fail" || type === "info", options.file, valueAt),
      time: undefined,
      index: undefined,
      ...place,
    },
  ];
}

/**
 * Parses the text after the kind. The first EDN form is the value, or the reason of a failure; a form after it is a reason, or a
 * remark.
 */
function valueAndError(
  text: string | undefined,
  isFailure: boolean,
  file: string,
  place: { line: number; column: number },
): Pick<RecordedEvent, "value" | "error"> {
  if (text === undefined) return { value: undefined, error: undefined };
  const forms = readEdn(text, file, place);
  const form = forms.next().value;
  if (form === undefined) return { value: undefined, error: undefined };
  if (isFailure && form.type === "keyword") return { value: undefined, error: textOf(form) };
  return { value: jsonOf(form), error: remarkOf(forms) };
}

/** Returns the text after a value, whether or not it is EDN. */
function remarkOf(forms: Iterator<Form>): string | undefined {
  try {
    const form: Form | undefined = forms.next().value;
    return form === undefined ? undefined : textOf(form);
  } catch (thrown) {
    return messageOf(thrown);
  }
}

const EXPECTED = "PROCESS :invoke|:ok|:fail|:info :WHAT VALUE";
const HINT =
  "histories are Jepsen log lines, events of type, f, process and value as EDN or JSON, or a run's history.ndjson; the last line may have been cut off";
