/** Requests rows for a worker on another machine: a thread sends the request over HTTP, while the worker blocks. */
import type { Worker } from "node:worker_threads";
import { entryBeside } from "../../std/entry.ts";
import { startThread } from "../../std/thread.ts";
import { noRows } from "../rows/pipe.ts";
import type { AskRows, RowsAnswer, RowsAsk } from "../rows/protocol.ts";

export interface RowsThreadData {
  /** The coordinator's address. */
  readonly url: string;
  /** The token that the coordinator requires. */
  readonly token: string;
  /** Identifier of this worker, the same as in its hello. */
  readonly id: string;
  /** Two integers, the turn that is answered and the length of the answer in bytes, followed by the answer as text. */
  readonly shared: SharedArrayBuffer;
}

export interface RowsTurn {
  readonly turn: number;
  readonly ask: RowsAsk;
}

/** How long a worker that has lost its coordinator waits for a row; after that, the user's iteration fails. */
const DEADLINE_MS = 5_000;
/** Room for a whole portion of the largest row numbers. */
const ANSWER_BYTES_MAX = 1 << 18;
const HEAD_BYTES = 8;

/** Returns a function that requests rows. It starts the thread at its first call. */
export function askByThread(coordinator: Omit<RowsThreadData, "shared">): AskRows {
  const shared = new SharedArrayBuffer(HEAD_BYTES + ANSWER_BYTES_MAX);
  const state = new Int32Array(shared, 0, 2);
  let thread: Worker | null = null;
  let turn = 0;
  return (ask) => {
    thread ??= startThread(entryBeside(import.meta.url, "./rows-thread"), { ...coordinator, shared });
    if (thread === null) throw noRows("no thread that could ask for it");
    thread.postMessage({ turn: ++turn, ask });
    const untilMs = performance.now() + DEADLINE_MS;
    for (let leftMs = DEADLINE_MS; Atomics.load(state, 0) !== turn; leftMs = untilMs - performance.now()) {
      if (leftMs <= 0) throw noRows(`no answer within ${DEADLINE_MS / 1000} s`);
      Atomics.wait(state, 0, Atomics.load(state, 0), leftMs);
    }
    return answerIn(Buffer.from(new Uint8Array(shared, HEAD_BYTES, state[1])).toString());
  };
}

function answerIn(text: string): RowsAnswer {
  const answer = JSON.parse(text) as RowsAnswer | { readonly refused: string };
  if ("refused" in answer) throw noRows(answer.refused);
  return answer;
}
