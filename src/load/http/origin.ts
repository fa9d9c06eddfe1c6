/** The origin that requests go to: scheme, host and port, as needed to open a connection there. */
import { GamedayError } from "../../std/errors.ts";

export interface Origin {
  readonly secure: boolean;
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  /** The host and port as in a Host header: without the scheme's default port. */
  readonly authority: string;
  /** "https://host:port" */
  readonly text: string;
}

/** Splits an http:// or https:// URL into its origin and the rest, from the path on. Throws GamedayError for any other. */
export function splitUrl(text: string): { origin: Origin; path: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new GamedayError({ code: "bad-url", expected: "an http:// or https:// URL", got: JSON.stringify(text) });
  }
  if (url.username !== "" || url.password !== "") throw withCredentials(url);
  return { origin: originOf(url), path: url.pathname + url.search };
}

export function originOf(url: URL): Origin {
  const secure = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  return { secure, host, port, authority: url.host, text: url.origin };
}

/** Returns the error for credentials in a URL, which would not be sent and would end up in reports. */
function withCredentials(url: URL): GamedayError {
  return new GamedayError({
    code: "bad-url",
    expected: "a URL without a user name and password",
    got: `some for ${url.host}`,
    hint: 'in the script: user.http.header("Authorization", "Basic ...")',
  });
}
