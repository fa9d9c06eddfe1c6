/** The lines of requests.csv. Columns that k6's CSV has too bear k6's names. Pure. */
import {
  INTERRUPTED,
  REQUEST_FIGURES,
  type RequestBatch,
  ROW_LENGTH,
  requestsIn,
} from "../../load/count/request-batch.ts";

/** The columns in their order, with what they hold. Further columns may be added at the end. */
export const REQUEST_COLUMNS = [
  ["timestamp", "when the request was due, in seconds since 1970 (UTC), with milliseconds"],
  ["at_ms", "the same on the run's clock, in milliseconds, as in all evidence"],
  ["name", "the name under which the request is counted"],
  ["method", "the method: GET, POST ..."],
  ["url", "the whole URL that was requested"],
  ["status", "the status of the answer; 0 if there was none"],
  [
    "error",
    "the kind of failure: timeout, refused, http-503 ...; interrupted if the end of the load cut it off; empty for a success",
  ],
  ["expected_response", "true for an answer that counts as a success; empty for an interrupted request"],
  ["duration_ms", "from when it was due until the answer was complete: http_req_duration"],
  ["service_ms", "the same from when it was written to its connection; empty if it never was"],
  ["connecting_ms", "opening a connection; empty if it used an open one"],
  ["tls_handshaking_ms", "the TLS handshake; empty if there was none"],
  ["waiting_ms", "from when it was written until the first byte of the answer; empty without one"],
  ["receiving_ms", "from the first byte until the last; 0 if all arrived together"],
  ["data_received", "bytes of the answer's body"],
  ["scenario", "the name of the scenario"],
  ["group", "the group, with outer groups before it: outer::inner"],
  ["extra_tags", "the script's own tags: key=value&key=value"],
  ["worker", "the worker that made the request"],
  ["user", "the number of the user in the whole load"],
] as const;

export const CSV_HEAD = `${REQUEST_COLUMNS.map(([name]) => name).join(",")}\n`;

type Figure = (typeof REQUEST_FIGURES)[number];

const INDEX = Object.fromEntries(REQUEST_FIGURES.map((name, index) => [name, index])) as Record<Figure, number>;
/** Columns that are empty when there was no such time. */
const TIMES: readonly Figure[] = ["serviceMs", "connectingMs", "tlsMs", "waitingMs", "receivingMs"];
/** Tags that have columns of their own. A series has them only where a threshold refers to them. */
const COLUMNS_ALREADY: ReadonlySet<string> = new Set(["method", "url", "status"]);

export interface CsvContext {
  /** The wall-clock time at which the run's clock was 0, in milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly redact: ((text: string) => string) | null;
}

/** Returns the lines of a batch. Secrets are redacted in each text, before it is quoted. */
export function csvOf(batch: RequestBatch, { startedAtMs, redact }: CsvContext): string {
  const clean = (text: string) => quoted(redact === null ? text : redact(text));
  const texts = batch.texts.map(clean);
  const tags = batch.tags.map((one) => columnsOf(one, clean));
  const worker = quoted(batch.worker);
  let lines = "";
  for (let row = 0; row < requestsIn(batch); row++) {
    const figure = (name: Figure) => batch.rows[row * ROW_LENGTH + INDEX[name]] ?? -1;
    const tagged = tags[figure("tags")];
    const [dueMs, error] = [figure("dueMs"), figure("error")];
    lines += `${((startedAtMs + dueMs) / 1_000).toFixed(3)},${dueMs},${tagged?.name ?? ""},`;
    lines += `${texts[figure("method")] ?? ""},${texts[figure("url")] ?? ""},${figure("status")},${texts[error] ?? ""},`;
    lines += `${expected(batch.texts[error])},${figure("durationMs")},`;
    for (const name of TIMES) lines += `${given(figure(name))},`;
    lines += `${figure("bytes")},${tagged?.rest ?? ",,"},${worker},${given(figure("user"))}\n`;
  }
  return lines;
}

function expected(error: string | undefined): string {
  if (error === INTERRUPTED) return "";
  return error === undefined ? "true" : "false";
}

function given(value: number): string {
  return value < 0 ? "" : String(value);
}

interface Tagged {
  readonly name: string;
  /** The columns scenario, group and extra_tags. */
  readonly rest: string;
}

function columnsOf(
  { name = "", scenario = "", group = "", ...own }: Readonly<Record<string, string>>,
  clean: (text: string) => string,
): Tagged {
  const further = Object.entries(own).filter(([key]) => !COLUMNS_ALREADY.has(key));
  const extra = further.map(([key, value]) => `${key}=${value}`);
  return { name: clean(name), rest: `${clean(scenario)},${clean(group)},${clean(extra.join("&"))}` };
}

/** Quotes a text as RFC 4180 has it. A leading sign is not escaped: the file is for programs, and keeps what was requested. */
function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
