/** Requests JSON from the platform's app over HTTP; the deadline and the size of the answer are bounded. */
import type { AskPlan } from "../plan.ts";
import type { Run } from "../run.ts";
import { abortAt } from "../std/deadline.ts";
import { messageOf } from "../std/errors.ts";
import { isRecord, type Json } from "../std/json.ts";

/** The header that every request of a run carries. */
const RUN_HEADER = "x-gameday-run";
/** The largest answer that is read. A larger one cannot be a page of a ledger and would only fill the memory. */
const ANSWER_BYTES_MAX = 64 << 20;
const TIMEOUT_MS = 120_000;

export interface Question {
  readonly method: string;
  readonly run: Pick<Run, "runId">;
  /** The headers and the deadline of all such calls. */
  readonly plan: AskPlan;
  /** Additional headers of this call. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal: AbortSignal;
}

/** Returns the timeout of one call. */
export function timeoutOf({ timeoutMs = TIMEOUT_MS }: AskPlan): number {
  return timeoutMs;
}

/**
 * Sends one request and returns its JSON. Throws an Error that names the path for any answer but 200 with JSON, or the
 * signal's reason.
 */
export async function ask(url: URL, question: Question): Promise<Json> {
  const { method, run, plan, signal } = question;
  const headers = { ...plan.headers, ...question.headers, [RUN_HEADER]: run.runId };
  using limit = abortAt({ what: `${url.pathname} to answer`, deadlineMs: timeoutOf(plan), signal });
  const response = await reach(url, { method, signal: limit.signal, redirect: "error", headers });
  const text = await boundedText(response, url);
  if (response.status !== 200) throw new Error(`${url.pathname} answered ${response.status}: ${text.slice(0, 200)}`);
  const body = parse(text);
  if (body === undefined) throw new Error(`${url.pathname} answered something that is not JSON: ${text.slice(0, 200)}`);
  return body;
}

/** Does the same as `ask` for an answer that must be a JSON object. */
export async function askObject(url: URL, question: Question): Promise<{ [key: string]: Json }> {
  const body = await ask(url, question);
  if (isRecord(body)) return body;
  throw new Error(
    `${url.pathname} answered something that is not a JSON object: ${JSON.stringify(body).slice(0, 200)}`,
  );
}

/** Sends a request. Replaces "fetch failed", which says nothing by itself, with its cause. */
async function reach(url: URL, init: RequestInit & { signal: AbortSignal }): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (thrown) {
    init.signal.throwIfAborted();
    const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
    throw new Error(`${url.pathname} could not be requested: ${messageOf(cause)}`, { cause: thrown });
  }
}

async function boundedText(response: Response, url: URL): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error(`${url.pathname} answered with more than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
}

/** A number with so many digits may exceed the precision of a double; as an id it would then become a different one. */
const LONG_NUMBER = /[[:,\s]-?\d{16,}\s*[\],}]/;

function parse(text: string): Json | undefined {
  try {
    if (!LONG_NUMBER.test(text)) return JSON.parse(text) as Json;
    const revive = (_key: string, value: Json, context?: { readonly source?: string }) =>
      exactly(value, context?.source);
    return JSON.parse(text, revive) as Json;
  } catch {
    return undefined; // the caller reports this as "no JSON", with the beginning of the text
  }
}

/** Returns whole numbers that a double would round as text, exactly as they were written. */
function exactly(value: Json, source: string | undefined): Json {
  const isRounded = typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(source ?? "");
  return isRounded ? (source ?? value) : value;
}
