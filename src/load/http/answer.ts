/** A whole answer as it leaves the connection, and how it becomes memory of its own. */
import { decodeBody } from "./decode.ts";
import type { Head } from "./head.ts";
import { HttpReply, type Judged, ReplyHeaders } from "./reply.ts";

/** An answer whose bytes are borrowed: they are valid only during the call. */
export interface Answer {
  readonly head: Head;
  readonly headBytes: Buffer;
  readonly headFrom: number;
  readonly headTo: number;
  readonly bodyBytes: Buffer;
  readonly bodyFrom: number;
  readonly bodyTo: number;
  /** Bytes of the body that came, kept or not. */
  readonly bodySize: number;
  /** False when the body was read and not kept: then no bytes of it are here. */
  readonly isKept: boolean;
}

const NOTHING = Buffer.alloc(0);

/** An answer that lies in one piece: its head from `headFrom` to `headTo`, and right behind it `bodySize` bytes of body. */
export function answerIn(
  head: Head,
  bytes: Buffer,
  headFrom: number,
  headTo: number,
  bodySize: number,
  isKept: boolean,
): Answer {
  return {
    head,
    headBytes: bytes,
    headFrom,
    headTo,
    bodyBytes: bytes,
    bodyFrom: headTo,
    bodyTo: isKept ? headTo + bodySize : headTo,
    bodySize,
    isKept,
  };
}

/** An answer whose head and body lie apart. `bodyBytes`: null when they were not kept. */
export function answerOf(head: Head, headBytes: Buffer, bodyBytes: Buffer | null, bodySize: number): Answer {
  return {
    head,
    headBytes,
    headFrom: 0,
    headTo: headBytes.length,
    bodyBytes: bodyBytes ?? NOTHING,
    bodyFrom: 0,
    bodyTo: bodyBytes?.length ?? 0,
    bodySize,
    isKept: bodyBytes !== null,
  };
}

/** Head and body in a piece of memory of their own; one copy where they lie side by side, as they nearly always do. */
function ownBytes(answer: Answer): Buffer {
  const { headBytes, headFrom, headTo, bodyBytes, bodyFrom, bodyTo } = answer;
  const own = Buffer.allocUnsafe(headTo - headFrom + bodyTo - bodyFrom);
  if (headBytes === bodyBytes) headBytes.copy(own, 0, headFrom, bodyTo);
  else {
    headBytes.copy(own, 0, headFrom, headTo);
    bodyBytes.copy(own, headTo - headFrom, bodyFrom, bodyTo);
  }
  return own;
}

/** Head and body with its content codings undone; null when that makes more than may be kept. Throws as decodeBody. */
function decoded(bytes: Buffer, headLength: number, bytesMax: number): Buffer | null {
  const codings = new ReplyHeaders(bytes.toString("latin1", 0, headLength)).get("content-encoding") ?? "";
  const body = decodeWithin(bytes.subarray(headLength), codings, bytesMax);
  return body === null ? null : Buffer.concat([bytes.subarray(0, headLength), body]);
}

/** As decodeBody; null instead of a result that is too large. */
export function decodeWithin(body: Buffer, codings: string, bytesMax: number): Buffer | null {
  try {
    return decodeBody(body, codings, bytesMax);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return null;
    throw thrown;
  }
}

/** The head alone, in memory of its own. */
function ownHead({ headBytes, headFrom, headTo }: Answer): Buffer {
  return Buffer.from(headBytes.subarray(headFrom, headTo));
}

/** What a script gets of an answer; `keeps`: whether it wants the body. Throws as decodeBody. */
export function replyOf(answer: Answer, judged: Judged | null, keeps: boolean, bytesMax: number): HttpReply {
  const { status, encoded } = answer.head;
  const headLength = answer.headTo - answer.headFrom;
  let bytes: Buffer | null = keeps && answer.isKept ? ownBytes(answer) : null;
  if (encoded && bytes !== null) bytes = decoded(bytes, headLength, bytesMax);
  const ok = judged?.expected ?? (status >= 200 && status < 400);
  const reply = new HttpReply(status, ok, judged, null, bytes ?? ownHead(answer), headLength);
  if (bytes === null && answer.bodySize > 0) reply.notKept = `${answer.bodySize} bytes that were counted and let go`;
  return reply;
}
