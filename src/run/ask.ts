/** Asks the platform's app over HTTP for JSON; deadline and size of the answer are bounded. */
import type { AskPlan } from "../plan.ts";
import type { Run } from "../run.ts";
import { abortAt } from "../std/deadline.ts";
import { messageOf } from "../std/errors.ts";
import { isRecord, type Json } from "../std/json.ts";

/** Header that every request of a run carries. */
const RUN_HEADER = "x-gameday-run";
/** A larger answer is no page of a ledger: it would not be read, but fill the memory. */
const ANSWER_BYTES_MAX = 64 << 20;
const TIMEOUT_MS = 120_000;

export interface Question {
  readonly method: string;
  readonly run: Pick<Run, "runId">;
  /** Headers and deadline of all such calls. */
  readonly plan: AskPlan;
  /** More headers, of this call. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal: AbortSignal;
}

/** Of one call. */
export function timeoutOf({ timeoutMs = TIMEOUT_MS }: AskPlan): number {
  return timeoutMs;
}

/** Throws an Error that names the path, for any answer but 200 with JSON; or the signal's reason. */
export async function ask(url: URL, question: Question): Promise<Json> {
  const { method, run, plan, signal } = question;
  const headers = { ...plan.headers, ...question.headers, [RUN_HEADER]: run.runId };
  using limit = abortAt({ what: `${url.pathname} to answer`, deadlineMs: timeoutOf(plan), signal });
  const response = await reach(url, { method, signal: limit.signal, redirect: "error", headers });
  const text = await boundedText(response, url);
  if (response.status !== 200) throw new Error(`${url.pathname} answered ${response.status}: ${text.slice(0, 200)}`);
  const body = parse(text);
  if (body === undefined) throw new Error(`${url.pathname} answered no JSON: ${text.slice(0, 200)}`);
  return body;
}

/** The same for an answer that must be one JSON object. */
export async function askObject(url: URL, question: Question): Promise<{ [key: string]: Json }> {
  const body = await ask(url, question);
  if (isRecord(body)) return body;
  throw new Error(`${url.pathname} answered no JSON object: ${JSON.stringify(body).slice(0, 200)}`);
}

/** "fetch failed" alone tells nobody anything: what failed stands in its cause. */
async function reach(url: URL, init: RequestInit & { signal: AbortSignal }): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (thrown) {
    init.signal.throwIfAborted();
    const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
    throw new Error(`${url.pathname} could not be asked: ${messageOf(cause)}`, { cause: thrown });
  }
}

async function boundedText(response: Response, url: URL): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error(`${url.pathname} answered more than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
}

/** A number with so many digits may be more than a double holds; as an id it would be another one's. */
const LONG_NUMBER = /[[:,\s]-?\d{16,}\s*[\],}]/;

function parse(text: string): Json | undefined {
  try {
    if (!LONG_NUMBER.test(text)) return JSON.parse(text) as Json;
    const revive = (_key: string, value: Json, context?: { readonly source?: string }) =>
      exactly(value, context?.source);
    return JSON.parse(text, revive) as Json;
  } catch {
    return undefined; // said by the caller as "no JSON", with its begin
  }
}

/** Whole numbers that a double would round stay what was written, as text. */
function exactly(value: Json, source: string | undefined): Json {
  const isRounded = typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(source ?? "");
  return isRounded ? (source ?? value) : value;
}
