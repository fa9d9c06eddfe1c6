/** Where requests go: scheme, host and port, with what is needed to open a connection there. */
import { GamedayError } from "../../std/errors.ts";

export interface Origin {
  readonly secure: boolean;
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  /** As in a Host header: without the scheme's own port. */
  readonly authority: string;
  /** "https://host:port" */
  readonly text: string;
}

/** The origin of an absolute URL and the rest of it, from the path on. Throws GamedayError for other schemes. */
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

/** They would be sent to nobody, and land in reports. */
function withCredentials(url: URL): GamedayError {
  return new GamedayError({
    code: "bad-url",
    expected: "a URL without a user name and password",
    got: `some for ${url.host}`,
    hint: 'in the script: user.http.header("Authorization", "Basic ...")',
  });
}
