/**
 * The pipe on which a worker process requests rows from its coordinator. It is separate from the channel of messages, because
 * `feeder.next()` returns its row synchronously: the worker has to block for it, and cannot read the channel of messages then.
 */
import { readSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import { GamedayError } from "../../std/errors.ts";
import type { AskRows, RowsAnswer, RowsAsk } from "./protocol.ts";

/** Number of the pipe among a worker's descriptors: after the standard ones and the channel. */
export const ROWS_DESCRIPTOR = 4;

/** Returns the worker's end of the pipe. */
export function askByPipe(descriptor = ROWS_DESCRIPTOR): AskRows {
  return (ask) => {
    writeAll(descriptor, Buffer.from(`${JSON.stringify(ask)}\n`));
    return JSON.parse(readLine(descriptor)) as RowsAnswer;
  };
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

function readLine(descriptor: number): string {
  const chunk = Buffer.alloc(65_536);
  const chunks: Buffer[] = [];
  for (;;) {
    const size = readSync(descriptor, chunk);
    if (size === 0) throw noRows("an end of its line");
    chunks.push(Buffer.from(chunk.subarray(0, size)));
    if (chunk[size - 1] === 10) return Buffer.concat(chunks).toString();
  }
}

export function noRows(got: string): GamedayError {
  return new GamedayError({ code: "rows-unanswered", expected: "the coordinator to give a row", got });
}

/** Answers requests at the coordinator's end of the pipe. */
export function answerOnPipe(pipe: Duplex, onAsk: (ask: RowsAsk, give: (answer: RowsAnswer) => void) => void): void {
  pipe.on("error", () => undefined); // reported as the end of the worker
  createInterface({ input: pipe }).on("line", (line) =>
    onAsk(JSON.parse(line) as RowsAsk, (answer) => {
      if (pipe.writable) pipe.write(`${JSON.stringify(answer)}\n`);
    }),
  );
}
