import type { TransportError } from "../../scenario.ts";
import { messageOf } from "../../std/errors.ts";

type Code = TransportError["code"];

const CODES: Readonly<Record<string, Code>> = {
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EAI_FAIL: "dns",
  EAI_NODATA: "dns",
  ECONNREFUSED: "refused",
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  EPIPE: "reset",
  ENETUNREACH: "refused",
  EHOSTUNREACH: "refused",
  ENETDOWN: "refused",
  EHOSTDOWN: "refused",
  ETIMEDOUT: "timeout",
  EADDRNOTAVAIL: "local",
  EMFILE: "local",
  ENFILE: "local",
  ENOBUFS: "local",
  EADDRINUSE: "local",
};

/** The stage in which a connection was when it failed. */
export interface Stage {
  readonly connected: boolean;
  /** TLS is established, or not used. */
  readonly secure: boolean;
  /** A byte of the request may have been sent. */
  readonly sent: boolean;
}

export function transportError(code: Code, message: string, sent: boolean): TransportError {
  return { code, message, sent };
}

/** Returns the transport error for what decodeBody threw. */
export function codingError(thrown: unknown): TransportError {
  return transportError("malformed", `the body cannot be decoded: ${messageOf(thrown)}`, true);
}

/** Classifies a socket's error as one of the kinds that a verdict knows. */
export function socketError(thrown: unknown, stage: Stage): TransportError {
  const error = firstOf(thrown);
  const code = codeOf(error, stage);
  const message = error.message || String(error.code);
  return transportError(code, inWords(code, error.code ?? "", message), stage.sent);
}

function inWords(code: Code, systemCode: string, message: string): string {
  if (code === "tls") return tlsWords(systemCode, message);
  return code === "local" ? `${LOCAL_WORDS[systemCode] ?? message} (${systemCode})` : message;
}

/** What this machine ran out of, and what to do about it, by error code. */
const LOCAL_WORDS: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'no local port was free: widen them (sysctl -w net.ipv4.ip_local_port_range="1024 65535")',
  EADDRINUSE: "the local port was taken",
  EMFILE: "too many open files in one worker: raise the limit (ulimit -n), or use more workers (--workers)",
  ENFILE: "too many open files on this machine: raise fs.file-max",
  ENOBUFS: "no memory was left for sockets",
};

/** Error codes of OpenSSL, and those that Node derives from them. They may also occur after a TLS session was established. */
const OF_TLS = /^(ERR_SSL_|ERR_TLS_|EPROTO$)/;

function codeOf(error: NodeJS.ErrnoException, stage: Stage): Code {
  if (stage.connected && (!stage.secure || OF_TLS.test(error.code ?? ""))) return "tls";
  const known = CODES[error.code ?? ""];
  if (known === undefined) return stage.sent ? "reset" : stage.connected ? "tls" : "refused";
  if (stage.connected || known === "dns" || known === "local") return known;
  return known === "timeout" ? "connect-timeout" : "refused";
}

const UNTRUSTED = /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;

/**
 * Returns only the reason of OpenSSL's "405D09:error:0A00010B:SSL routines:ssl3_get_record:wrong version
 * number:../deps/openssl/...:77:", which is then also the same in every process, and what to do about the usual ones.
 */
function tlsWords(code: string, message: string): string {
  const reason =
    /error:[0-9A-Fa-f]+:[^:]*:[^:]*:([^:\n]+)/.exec(message)?.[1] ?? message.replace(/; if the root CA .*/s, "");
  if (/wrong version number|packet length too long|http request/.test(reason))
    return `${reason}: the server does not speak TLS there (is it http://?)`;
  if (/certificate required|handshake failure/.test(reason))
    return `${reason}: the server refused the handshake (does it want a client certificate, --cert and --key?)`;
  return UNTRUSTED.test(code) ? `${reason} (--ca names an authority, --insecure takes any certificate)` : reason;
}

/** Returns the first error of an AggregateError, which Node throws when each of several addresses failed. */
function firstOf(thrown: unknown): NodeJS.ErrnoException {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return firstOf(thrown.errors[0]);
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
