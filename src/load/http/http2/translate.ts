/** Translates HTTP/1.1 request bytes to HTTP/2 headers, and answers back, so that all code above is the same for both. */
import type { IncomingHttpHeaders, IncomingHttpStatusHeader, OutgoingHttpHeaders } from "node:http2";
import { type Answer, answerApart } from "../answer.ts";
import type { Exchange } from "../connection.ts";
import { Head } from "../head.ts";
import type { Origin } from "../origin.ts";

export interface Http2Request {
  readonly headers: OutgoingHttpHeaders;
  readonly body: Uint8Array | null;
}

/** Headers that concern a connection, which HTTP/2 forbids (RFC 9113, section 8.2.2). */
const OF_CONNECTION = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te"]);

export function requestOf(exchange: Exchange, origin: Origin): Http2Request {
  const end = exchange.text.indexOf("\r\n\r\n");
  const [start = "", ...lines] = exchange.text.slice(0, end).split("\r\n");
  const [method = "GET", path = "/"] = start.split(" ");
  const headers: OutgoingHttpHeaders = {
    ":method": method,
    ":path": path,
    ":scheme": origin.secure ? "https" : "http",
    ":authority": origin.authority,
  };
  for (const line of lines) addHeader(headers, line);
  const inText = exchange.text.slice(end + 4);
  return { headers, body: exchange.payload ?? (inText === "" ? null : Buffer.from(inText, "latin1")) };
}

function addHeader(headers: OutgoingHttpHeaders, line: string): void {
  const colon = line.indexOf(":");
  const name = line.slice(0, colon).toLowerCase();
  const value = line.slice(colon + 1).trim();
  if (name === "host") headers[":authority"] = value;
  else if (!OF_CONNECTION.has(name)) headers[name] = value;
}

/** Returns an answer like one of HTTP/1.1; `body` is null when it was not kept. */
export function answerOf(
  headers: IncomingHttpHeaders & IncomingHttpStatusHeader,
  body: Buffer | null,
  bodySize: number,
): Answer {
  const head = new Head();
  head.status = headers[":status"] ?? 0;
  head.contentLength = bodySize;
  head.encoded = headers["content-encoding"] !== undefined;
  head.cookies = headers["set-cookie"] ?? null;
  const headBytes = Buffer.from(`HTTP/2 ${head.status}\r\n${linesOf(headers)}\r\n`, "latin1");
  return answerApart(head, headBytes, body, bodySize);
}

function linesOf(headers: IncomingHttpHeaders): string {
  let lines = "";
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(":") || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) lines += `${name}: ${one}\r\n`;
  }
  return lines;
}
