/** Reads a history of any known notation; which one it is, its first character tells. */
import type { Operation } from "../../history.ts";
import { badHistory } from "./edn.ts";
import { type ImportOptions, readEdnHistory } from "./edn-history.ts";
import { readJepsenLog } from "./jepsen-log.ts";
import { readNdjsonHistory } from "./ndjson-history.ts";
import { type PairOptions, pair } from "./recorded-event.ts";

type HistoryFormat = "edn" | "jepsen-log" | "ndjson";

export interface HistoryOptions extends ImportOptions {
  /** What a failed cas means. Default: "mismatch" in Jepsen's log lines (as porcupine reads them), else "not-applied". */
  readonly failedCas?: PairOptions["failedCas"];
  /** Of a history.ndjson with several objects, the one to check. */
  readonly object?: string;
}

/** Operations in order of invocation; throws GamedayError with file, line and column for what cannot be read. */
export function importHistory(text: string, options: HistoryOptions): Operation[] {
  const plain = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const format = formatOf(plain);
  if (format === undefined) throw badHistory("a history", "an empty file", { file: options.file });
  if (format === "ndjson") return readNdjsonHistory(plain, options);
  const events = format === "edn" ? readEdnHistory(plain, options) : readJepsenLog(plain, options);
  const failedCas = options.failedCas ?? (format === "edn" ? "not-applied" : "mismatch");
  return pair(events, { file: options.file, failedCas, accept: options.model.accept });
}

/** undefined: there is nothing but white space and comments. */
export function formatOf(text: string): HistoryFormat | undefined {
  const first = /^(?:\s|;.*)*/.exec(text)?.[0].length ?? 0;
  const rest = text.slice(first, first + 200);
  if (rest === "") return undefined;
  if (/^\{\s*"[^"]*"\s*:/.test(rest)) return "ndjson";
  return /^[[({#]/.test(rest) ? "edn" : "jepsen-log";
}
