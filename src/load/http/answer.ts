/** A complete answer as it leaves the connection, and its copy into memory of its own. */
import { decodeBody } from "./decode.ts";
import type { Head } from "./head.ts";
import { HttpReply, type Judged, ReplyHeaders } from "./reply.ts";

/** An answer whose bytes are borrowed: they are valid only during the call that passes it on. */
export interface Answer {
  readonly head: Head;
  readonly headBytes: Buffer;
  readonly headFrom: number;
  readonly headTo: number;
  readonly bodyBytes: Buffer;
  readonly bodyFrom: number;
  readonly bodyTo: number;
  /** The number of bytes of the body that arrived, kept or not. */
  readonly bodySize: number;
  /** False when the body was read but not kept; `bodyBytes` then has none of it. */
  readonly isKept: boolean;
}

const NOTHING = Buffer.alloc(0);

/** Returns an answer in one buffer: the head from `headFrom` to `headTo`, directly followed by `bodySize` bytes of body. */
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

/** Returns an answer whose head and body are in separate buffers; `bodyBytes` is null when the body was not kept. */
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

/** Copies head and body into a buffer of their own; with one copy when they are adjacent, as they nearly always are. */
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

/** Returns the head and the decoded body; null when that is more than may be kept. Throws like decodeBody. */
function decoded(bytes: Buffer, headLength: number, bytesMax: number): Buffer | null {
  const codings = new ReplyHeaders(bytes.toString("latin1", 0, headLength)).get("content-encoding") ?? "";
  const body = decodeWithin(bytes.subarray(headLength), codings, bytesMax);
  return body === null ? null : Buffer.concat([bytes.subarray(0, headLength), body]);
}

/** Does what decodeBody does, but returns null instead of throwing when the result is too large. */
export function decodeWithin(body: Buffer, codings: string, bytesMax: number): Buffer | null {
  try {
    return decodeBody(body, codings, bytesMax);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return null;
    throw thrown;
  }
}

/** Copies the head alone into a buffer of its own. */
function ownHead({ headBytes, headFrom, headTo }: Answer): Buffer {
  return Buffer.from(headBytes.subarray(headFrom, headTo));
}

/** Returns the reply that a script receives for an answer; `keeps` is true when it wants the body. Throws like decodeBody. */
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
