/** Failures of HTTP/2, as the kinds of error that a verdict knows. */
import type { TransportError } from "../../../scenario.ts";
import { socketError, transportError } from "../failure.ts";

/** The names of error codes by number (RFC 9113, section 7). */
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
 * Returns the error for a server that accepts no more streams on this connection. Streams above the last one that the server
 * names are sent again. When that does not help, the history records as unknown whether one was processed: a proxy reports
 * only what it knows of itself, not of the servers behind it.
 */
export function goaway(code: number): TransportError {
  return transportError("goaway", `the server ended the connection with GOAWAY ${nameOf(code)}`, true);
}

export function streamReset(code: number): TransportError {
  // node:http2 does not report who reset the stream: it resets a stream itself when the answer is malformed.
  const says = code === 1 ? "the answer breaks HTTP/2, or the server says so of the request" : "by the server";
  return transportError("stream-reset", `the stream was reset with ${nameOf(code)} (${says})`, true);
}

/** Returns the error for one that node:http2 or the socket below it raised after the connection was established. */
export function sessionError(error: NodeJS.ErrnoException): TransportError {
  if (error.code === "ERR_HTTP2_SESSION_ERROR") {
    const code = Number(/code (\d+)/.exec(error.message)?.[1] ?? 0);
    return goaway(code);
  }
  if (error.code?.startsWith("ERR_HTTP2") === true || error.code === "ERR_PROTO")
    return transportError("malformed", `the answer breaks HTTP/2: ${error.message}`, true);
  return socketError(error, { connected: true, secure: true, sent: true });
}
