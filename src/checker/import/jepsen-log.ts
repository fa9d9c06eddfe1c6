/**
 * Histories as Jepsen's log lines: `INFO  jepsen.util - 0 :invoke :write 3`, also without what stands before the process
 * (history.txt). Fields are divided by tabs or spaces; values are EDN (nil, 3, [0 3]). A completion's keyword
 * (:timed-out) is an error, not a value. Lines of other loggers, blank ones and those of the nemesis are skipped.
 */
import { badHistory, readEdn } from "./edn.ts";
import { type ImportOptions, keyed } from "./edn-history.ts";
import { jsonOf } from "./edn-json.ts";
import { kindOf } from "./kinds.ts";
import type { RecordedEvent } from "./recorded-event.ts";

const OF_UTIL = /^.*\bjepsen\.util\b\s*(?:-\s*)?/;
const OF_OTHERS = /^(?:\S+\s+){0,4}(?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\b/;
const EVENT = /^(:?[\w.-]+)\s+:(invoke|ok|fail|info)\s+:([\w./-]+)(?:\s+(.*))?$/;

export function readJepsenLog(text: string, options: ImportOptions): RecordedEvent[] {
  return text.split(/\r?\n/).flatMap((line, index) => eventsOf(line, index + 1, options));
}

function eventsOf(line: string, number: number, options: ImportOptions): RecordedEvent[] {
  if (line.trim() === "") return [];
  const prefix = OF_UTIL.exec(line)?.[0] ?? "";
  if (prefix === "" && OF_OTHERS.test(line)) return [];
  const rest = line.slice(prefix.length).trimEnd();
  const column = prefix.length + 1;
  const [, process = "", type, kind, value] = EVENT.exec(rest) ?? [];
  if (kind === undefined) throw notAnEvent(rest, { line: number, column }, options.file);
  if (isNemesis(process)) return [];
  const event: RecordedEvent = {
    process,
    type: type as RecordedEvent["type"],
    kind: kindOf(kind, options.model.name),
    key: undefined,
    value: firstValue(value, type !== "invoke", options.file, number),
    line: number,
    column,
  };
  return [options.independent ? keyed(event, options.file) : event];
}

/** The first EDN form; what follows it is a remark of Jepsen's. */
function firstValue(text: string | undefined, isCompletion: boolean, file: string, line: number) {
  const [form] = text === undefined ? [] : readEdn(text, file, line);
  if (form === undefined) return undefined;
  return isCompletion && form.type === "keyword" ? undefined : jsonOf(form);
}

function notAnEvent(got: string, place: { line: number; column: number }, file: string) {
  return badHistory(
    "PROCESS :invoke|:ok|:fail|:info :WHAT VALUE",
    JSON.stringify(got.slice(0, 80)),
    { file, ...place },
    "histories are Jepsen log lines, EDN maps, or a run's history.ndjson",
  );
}

/** Clients are numbered; the nemesis is a keyword. */
function isNemesis(name: string): boolean {
  return name.startsWith(":");
}
