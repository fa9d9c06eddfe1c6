/**
 * Explains in words for people why something on the network could not be reached. What a library throws ("fetch failed",
 * "Connection is closed.", an AggregateError without a message) hides the reason in its cause, in a list, or in a code.
 */
import { messageOf } from "./errors.ts";

interface Trouble {
  readonly code: string;
  readonly message: string;
  /** "127.0.0.1:5432", or the name that was looked up; empty if the error does not contain it. */
  readonly where: string;
}

const TROUBLES_MAX = 20;

/** Returns one line: the reason, and the error code. Never throws. */
export function whyUnreachable(thrown: unknown): string {
  const troubles = troublesOf(thrown, []);
  const [first] = troubles;
  if (first === undefined) return messageOf(thrown) || "an error without a message";
  const alike = troubles.filter(({ code }) => code === first.code);
  const where = [...new Set(alike.map((each) => each.where))].filter((each) => each !== "").join(" and ");
  const words = wordsOf(first.code, where);
  if (words === undefined) return oneLine(first.message) || first.code || "an error without a message";
  return words.includes(first.code) ? words : `${words} (${first.code})`;
}

/** Returns the innermost errors: those that have no cause themselves. */
function troublesOf(thrown: unknown, found: Trouble[]): Trouble[] {
  if (found.length >= TROUBLES_MAX || typeof thrown !== "object" || thrown === null) return found;
  if (thrown instanceof AggregateError && thrown.errors.length > 0) {
    for (const each of thrown.errors) troublesOf(each, found);
    return found;
  }
  const { cause } = thrown as { cause?: unknown };
  if (cause !== undefined && cause !== thrown && typeof cause === "object") return troublesOf(cause, found);
  found.push(troubleOf(thrown));
  return found;
}

function troubleOf(thrown: object): Trouble {
  const { code, address, port, hostname, host } = thrown as Readonly<Record<string, unknown>>;
  const name = [hostname, address, host].find((each) => typeof each === "string") ?? "";
  const shown = String(name).includes(":") ? `[${name}]` : String(name);
  return {
    code: typeof code === "string" ? code : "",
    message: messageOf(thrown),
    where: port === undefined || shown === "" ? shown : `${shown}:${port}`,
  };
}

const TRUST = "NODE_EXTRA_CA_CERTS names a file of certificates to trust";

function wordsOf(code: string, where: string): string | undefined {
  const at = where === "" ? "" : ` at ${where}`;
  const name = where === "" ? "the name" : `the name "${where}"`;
  return {
    ECONNREFUSED: `connection refused: nothing listens${at}`,
    ECONNRESET: "the connection was reset before an answer came",
    EPIPE: "the connection was closed before an answer came",
    UND_ERR_SOCKET: "the connection was closed before an answer came",
    ETIMEDOUT: `no connection in time: no answer${at}`,
    UND_ERR_CONNECT_TIMEOUT: `no connection in time: no answer${at}`,
    EHOSTUNREACH: `no route to the host${at}`,
    ENETUNREACH: `no route to the network${at}`,
    ENOTFOUND: `${name} does not resolve: no such host`,
    EAI_AGAIN: `${name} does not resolve: the name server did not answer`,
    ERR_INVALID_URL: "the URL cannot be read",
    ERR_SSL_WRONG_VERSION_NUMBER: "the server does not speak TLS: try the address without TLS (http, not https)",
    EPROTO: "TLS failed: the server does not speak TLS, or no version that we support",
    HPE_INVALID_CONSTANT: "the server does not speak HTTP/1",
    HPE_CR_EXPECTED: "the server does not speak HTTP/1",
    DEPTH_ZERO_SELF_SIGNED_CERT: `self-signed certificate, which no authority vouches for; ${TRUST}`,
    SELF_SIGNED_CERT_IN_CHAIN: `self-signed certificate in the chain; ${TRUST}`,
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: `the certificate's issuer is not known; ${TRUST}`,
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `the certificate's issuer is not known; ${TRUST}`,
    CERT_HAS_EXPIRED: "the certificate has expired",
    CERT_NOT_YET_VALID: "the certificate is not valid yet",
  }[code];
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
