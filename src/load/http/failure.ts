import type { TransportError } from "../../scenario.ts";

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

/** Where a connection was when it failed. */
export interface Stage {
  readonly connected: boolean;
  /** TLS is up, or not used. */
  readonly secure: boolean;
  /** A byte of the request may have left. */
  readonly sent: boolean;
}

export function transportError(code: Code, message: string, sent: boolean): TransportError {
  return { code, message, sent };
}

/** Sorts what a socket threw into the kinds that a verdict knows. */
export function socketError(thrown: unknown, stage: Stage): TransportError {
  const error = firstOf(thrown);
  return transportError(codeOf(error, stage), error.message || String(error.code), stage.sent);
}

function codeOf(error: NodeJS.ErrnoException, stage: Stage): Code {
  if (stage.connected && !stage.secure) return "tls";
  const known = CODES[error.code ?? ""];
  if (known === undefined) return stage.sent ? "reset" : stage.connected ? "tls" : "refused";
  if (stage.connected || known === "dns" || known === "local") return known;
  return known === "timeout" ? "connect-timeout" : "refused";
}

/** Node gives an AggregateError when each of several addresses failed; the first tells enough. */
function firstOf(thrown: unknown): NodeJS.ErrnoException {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return firstOf(thrown.errors[0]);
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
