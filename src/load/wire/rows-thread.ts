/** The thread that requests rows from a coordinator on another machine, while its worker blocks until the answer arrives. */
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { parentPort, workerData } from "node:worker_threads";
import { pause } from "../../std/wait.ts";
import type { RowsThreadData, RowsTurn } from "./rows-line.ts";

const RETRY_MS = 200;
const DEADLINE_MS = 2_000;

const { url, token, id, shared } = workerData as RowsThreadData;
const state = new Int32Array(shared, 0, 2);
const target = new URL("/rows", url.replace(/^ws/i, "http"));
const send = target.protocol === "https:" ? httpsRequest : httpRequest;
let latest = 0;

/** Posts a request; resolves with the status and the text of the coordinator's answer. */
function posted(body: string): Promise<readonly [status: number, text: string]> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const asking = send(target, { method: "POST", headers, timeout: DEADLINE_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve([response.statusCode ?? 0, Buffer.concat(chunks).toString()]));
      response.on("error", reject);
    });
    asking.on("timeout", () => asking.destroy(new Error(`no answer within ${DEADLINE_MS} ms`)));
    asking.on("error", reject);
    asking.end(body);
  });
}

function tell(turn: number, text: string): void {
  const bytes = Buffer.from(text);
  new Uint8Array(shared).set(bytes, state.byteLength);
  state[1] = bytes.length;
  Atomics.store(state, 0, turn);
  Atomics.notify(state, 0);
}

/**
 * Requests rows, and retries until an answer arrives or the worker sends another request. The coordinator answers a repeated
 * request in the same way, so a lost answer loses no rows.
 */
async function ask({ turn, ask: asked }: RowsTurn): Promise<void> {
  latest = turn;
  while (turn === latest) {
    try {
      const [status, text] = await posted(JSON.stringify({ id, ask: asked }));
      return tell(turn, status === 200 ? text : JSON.stringify({ refused: `status ${status}` }));
    } catch {
      await pause(RETRY_MS, AbortSignal.timeout(DEADLINE_MS));
    }
  }
}

parentPort?.on("message", (turn: RowsTurn) => void ask(turn));
