/**
 * Decides whether a request may read the metrics. A page on the internet can make a browser send requests to this machine, and a name
 * under its control can point here; so the Host must be one of ours, and no other site may be the origin.
 */
import type { IncomingHttpHeaders } from "node:http";

export interface Refusal {
  readonly status: 403 | 404 | 405 | 421;
  readonly says: string;
}

export interface ScrapeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Returns why a request is refused; null if it may read the metrics. Texts are compared, never parsed: nothing here can throw. */
export function refusalOf({ method, url, headers }: ScrapeRequest, port: number): Refusal | null {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  if (!hosts.includes(headers.host ?? "")) return { status: 421, says: "this Host is not served" };
  if (headers.origin !== undefined) return { status: 403, says: "requests of web pages are refused" };
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "none" && site !== "same-origin")
    return { status: 403, says: "requests from other sites are refused" };
  if (method !== "GET" && method !== "HEAD") return { status: 405, says: "only GET is allowed" };
  const [path] = (url ?? "").split("?", 1);
  return path === "/metrics" ? null : { status: 404, says: "only /metrics is served" };
}
