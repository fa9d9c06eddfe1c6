/** Where requests go: scheme, host and port, with what is needed to open a connection there. */
import { type LookupAddress, lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
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
  const secure = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  return { origin: { secure, host, port, authority: url.host, text: url.origin }, path: url.pathname + url.search };
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

const CACHE_MS = 5_000;

interface Cached {
  readonly atMs: number;
  readonly addresses: Promise<readonly LookupAddress[]>;
}

/**
 * A lookup for net.connect that asks the system once in 5 s for each host, however many users connect: the system's own
 * lookups run four at a time. An answer is never kept longer, because clients that cache for ever miss failovers.
 */
export function cachingLookup(): LookupFunction {
  const cache = new Map<string, Cached>();
  return (host, options, callback) => {
    const now = performance.now();
    let entry = cache.get(host);
    if (entry === undefined || now - entry.atMs > CACHE_MS) {
      entry = { atMs: now, addresses: resolveAll(host) };
      cache.set(host, entry);
    }
    entry.addresses.then(
      (addresses) => {
        const [first] = addresses;
        if (options.all === true) callback(null, [...addresses]);
        else callback(null, first?.address ?? "", first?.family ?? 4);
      },
      (error: NodeJS.ErrnoException) => {
        cache.delete(host); // a failure is asked again at the next connection
        callback(error, "", 4);
      },
    );
  };
}

function resolveAll(host: string): Promise<readonly LookupAddress[]> {
  const family = isIP(host);
  if (family !== 0) return Promise.resolve([{ address: host, family }]);
  return new Promise((resolve, reject) => {
    systemLookup(host, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
  });
}
