/** How HTTP/2 fails, in the kinds that a verdict knows. */
import type { TransportError } from "../../../scenario.ts";
import { socketError, transportError } from "../failure.ts";

/** RFC 9113, section 7. */
const CODES = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
];

export function nameOf(code: number): string {
  return CODES[code] ?? `error ${code}`;
}

export const REFUSED_STREAM = 7;

/**
 * The server takes no more streams on this connection. Those above the last one that it names are sent again; when that does
 * not help, whether one was worked on stays unknown for the history: proxies say what they know of themselves, not of what
 * lies behind.
 */
export function goaway(code: number): TransportError {
  return transportError("goaway", `the server ended the connection with GOAWAY ${nameOf(code)}`, true);
}

export function streamReset(code: number): TransportError {
  // node:http2 does not tell whose reset it was: it answers a malformed answer with one of its own.
  const says = code === 1 ? "the answer breaks HTTP/2, or the server says so of the request" : "by the server";
  return transportError("stream-reset", `the stream was reset with ${nameOf(code)} (${says})`, true);
}

/** An error that node:http2 or the socket below it gave, once the connection was there. */
export function sessionError(error: NodeJS.ErrnoException): TransportError {
  if (error.code === "ERR_HTTP2_SESSION_ERROR") {
    const code = Number(/code (\d+)/.exec(error.message)?.[1] ?? 0);
    return goaway(code);
  }
  if (error.code?.startsWith("ERR_HTTP2") === true || error.code === "ERR_PROTO")
    return transportError("malformed", `the answer breaks HTTP/2: ${error.message}`, true);
  return socketError(error, { connected: true, secure: true, sent: true });
}
