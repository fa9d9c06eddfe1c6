/** A complete answer as it leaves the connection, and its copy into memory of its own. */
import { decodeBody } from "./decode.ts";
import { Head } from "./head.ts";
import { HttpReply, type Judged, ReplyHeaders } from "./reply.ts";
import { place, reserve } from "./slab.ts";

/** An answer whose bytes are borrowed: it is valid only during the call that passes it on. */
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

/** An answer in one buffer: the head from `headFrom` to `headTo`, directly followed by the body. One object serves all. */
export class AdjacentAnswer implements Answer {
  head = new Head();
  headBytes: Buffer = NOTHING;
  headFrom = 0;
  headTo = 0;
  bodyTo = 0;
  bodySize = 0;
  isKept = true;

  get bodyBytes(): Buffer {
    return this.headBytes;
  }

  get bodyFrom(): number {
    return this.headTo;
  }

  /** Notes where the answer is in `bytes`. */
  at(head: Head, bytes: Buffer, headFrom: number, headTo: number): void {
    this.head = head;
    this.headBytes = bytes;
    this.headFrom = headFrom;
    this.headTo = headTo;
  }

  /** Notes the size of the body, which was kept or not. */
  withBody(size: number, isKept: boolean): void {
    this.bodySize = size;
    this.isKept = isKept;
    this.bodyTo = isKept ? this.headTo + size : this.headTo;
  }
}

/** Returns an answer whose head and body are in separate buffers; `bodyBytes` is null when the body was not kept. */
export function answerApart(head: Head, headBytes: Buffer, bodyBytes: Buffer | null, bodySize: number): Answer {
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

/**
 * Returns the decoded body; null when that is more than may be kept. Throws like decodeBody. A part of a document (206) is a part
 * of its coded bytes (RFC 9110, section 14.2), which as a rule cannot be decoded alone; a script then receives it as it came.
 */
function decodedBody(answer: Answer, bytesMax: number): Buffer | null {
  const { head, headBytes, headFrom, headTo, bodyBytes, bodyFrom, bodyTo } = answer;
  const codings = new ReplyHeaders(headBytes.toString("latin1", headFrom, headTo)).get("content-encoding") ?? "";
  const body = bodyBytes.subarray(bodyFrom, bodyTo);
  try {
    return decodeWithin(body, codings, bytesMax);
  } catch (thrown) {
    if (head.status === 206) return body;
    throw thrown;
  }
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

/** Copies the head and `body` into memory of the reply's own. */
function give(reply: HttpReply, { headBytes, headFrom, headTo }: Answer, body: Buffer): void {
  const headLength = headTo - headFrom;
  const at = reserve(headLength + body.length);
  headBytes.copy(place, at, headFrom, headTo);
  body.copy(place, at + headLength);
  reply.own(place, at, at + headLength, at + headLength + body.length);
}

/** Copies head and body with one copy, because they are adjacent, as they nearly always are. */
function giveAdjacent(reply: HttpReply, { headBytes, headFrom, headTo, bodyTo }: Answer): void {
  const at = reserve(bodyTo - headFrom);
  headBytes.copy(place, at, headFrom, bodyTo);
  reply.own(place, at, at + headTo - headFrom, at + bodyTo - headFrom);
}

/** Returns the reply that a script receives for an answer; `keeps` is true when it wants the body. Throws like decodeBody. */
export function replyOf(answer: Answer, judged: Judged | null, keeps: boolean, bytesMax: number): HttpReply {
  const { head, headBytes, bodyBytes, bodyFrom, bodyTo, bodySize } = answer;
  const reply = new HttpReply(head.status, judged, null);
  const keepsBody = keeps && answer.isKept;
  if (keepsBody && !head.encoded && headBytes === bodyBytes) {
    giveAdjacent(reply, answer);
    return reply;
  }
  const kept = keepsBody && !head.encoded ? bodyBytes.subarray(bodyFrom, bodyTo) : null;
  const body = keepsBody && head.encoded ? decodedBody(answer, bytesMax) : kept;
  give(reply, answer, body ?? NOTHING);
  if (body === null && bodySize > 0) reply.notKept = `${bodySize} bytes that were counted and let go`;
  return reply;
}
