/** A whole answer as it leaves the connection, and how it becomes memory of its own. */
import { decodeBody } from "./decode.ts";
import type { Head } from "./head.ts";
import { ReplyHeaders } from "./reply.ts";

/** An answer whose bytes are borrowed: they are valid only during the call. */
export interface Answer {
  readonly head: Head;
  readonly headBytes: Buffer;
  readonly headFrom: number;
  readonly headTo: number;
  readonly bodyBytes: Buffer;
  readonly bodyFrom: number;
  readonly bodyTo: number;
}

/** An answer whose head and body lie apart. */
export function answerOf(head: Head, headBytes: Buffer, bodyBytes: Buffer): Answer {
  const [headTo, bodyTo] = [headBytes.length, bodyBytes.length];
  return { head, headBytes, headFrom: 0, headTo, bodyBytes, bodyFrom: 0, bodyTo };
}

/** Head and body in a piece of memory of their own; one copy where they lie side by side, as they nearly always do. */
export function ownBytes(answer: Answer): Buffer {
  const { headBytes, headFrom, headTo, bodyBytes, bodyFrom, bodyTo } = answer;
  const own = Buffer.allocUnsafe(headTo - headFrom + bodyTo - bodyFrom);
  if (headBytes === bodyBytes) headBytes.copy(own, 0, headFrom, bodyTo);
  else {
    headBytes.copy(own, 0, headFrom, headTo);
    bodyBytes.copy(own, headTo - headFrom, bodyFrom, bodyTo);
  }
  return own;
}

export function decoded(bytes: Buffer, headLength: number, bytesMax: number): Buffer {
  const codings = new ReplyHeaders(bytes.toString("latin1", 0, headLength)).get("content-encoding") ?? "";
  return Buffer.concat([bytes.subarray(0, headLength), decodeBody(bytes.subarray(headLength), codings, bytesMax)]);
}
