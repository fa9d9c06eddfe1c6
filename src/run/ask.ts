/** Asks the platform's app over HTTP for one JSON object; deadline and size of the answer are bounded. */
import { messageOf } from "../std/errors.ts";
import { isRecord, type Json } from "../std/json.ts";

/** Header that every request of a run carries. */
const RUN_HEADER = "x-gameday-run";
/** A larger answer is no page of a ledger: it would not be read, but fill the memory. */
const ANSWER_BYTES_MAX = 64 << 20;

export interface Question {
  readonly method: string;
  readonly runId: string;
  readonly signal: AbortSignal;
}

/** Throws an Error that names the path, for any answer but 200 with one JSON object; or the signal's reason. */
export async function askJson(url: URL, { method, runId, signal }: Question): Promise<{ [key: string]: Json }> {
  const response = await reach(url, { method, signal, redirect: "error", headers: { [RUN_HEADER]: runId } });
  const text = await boundedText(response, url);
  if (response.status !== 200) throw new Error(`${url.pathname} answered ${response.status}: ${text.slice(0, 200)}`);
  const body = parse(text);
  if (!isRecord(body)) throw new Error(`${url.pathname} answered no JSON object: ${text.slice(0, 200)}`);
  return body;
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
  return Buffer.concat(chunks).toString("utf8");
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined; // said by the caller as "no JSON object", with its begin
  }
}
