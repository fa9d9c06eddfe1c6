/** Decides where a redirect leads (RFC 9110, section 15.4), and which parts of the call it keeps. */
import { isUtf8 } from "node:buffer";
import type { RequestOptions } from "../../scenario.ts";
import type { Origin } from "./origin.ts";
import { ReplyHeaders } from "./reply.ts";

export type Redirection =
  | { readonly url: URL }
  /** There is nothing to follow. `to` is the place that the answer named, or null when it named none. */
  | { readonly to: string | null };

/** Returns true for statuses that redirect a client by Location. 300 leaves the choice to people, and 304 is for caches. */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/**
 * Returns where the head of an answer redirects to within the same host. `virtual` is the host that the request named in its
 * Host header; redirects to that name go to the same address.
 */
export function redirectionOf(head: string, origin: Origin, path: string, virtual: string): Redirection {
  const [location = "", ...others] = new Set(new ReplyHeaders(head).all("location"));
  // An empty Location would lead back here; of two that differ, neither is more right than the other.
  const sound = location !== "" && others.length === 0;
  const scheme = origin.secure ? "https:" : "http:";
  const here = virtual !== "" && URL.canParse(`${scheme}//${virtual}`) ? new URL(`${scheme}//${virtual}`) : null;
  const url = sound ? placeOf(location, `${here?.origin ?? origin.text}${path}`) : null;
  if (url !== null && here?.hostname === url.hostname) return { url: atAddress(url, here, origin) };
  // Load must not wander off to hosts that nobody named: a redirect to one is returned as the reply.
  if (url !== null && bare(url.hostname) === origin.host) return { url };
  return { to: [location, ...others].join(", ") || null };
}

/** Returns the note for a redirect that was not followed; `location` is null when the redirect named no place. */
export function leftInWords(location: string | null): string {
  const where = location === null ? "without a Location" : `to ${JSON.stringify(location.slice(0, 120))}`;
  return `a redirect ${where} was not followed: only those to one place on its host are`;
}

/** Replaces the virtual host by the origin's address, which connections still go to, on another port if the redirect names one. */
function atAddress(url: URL, here: URL, origin: Origin): URL {
  const moved = new URL(url);
  moved.hostname = origin.host.includes(":") ? `[${origin.host}]` : origin.host;
  if (url.host === here.host && url.protocol === here.protocol) moved.port = String(origin.port);
  return moved;
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** Returns null when it is not an HTTP URL. Servers write non-ASCII names as UTF-8, but headers are read as latin1. */
function placeOf(location: string, here: string): URL | null {
  const bytes = Buffer.from(location, "latin1");
  const text = isUtf8(bytes) ? bytes.toString("utf8") : location;
  if (!URL.canParse(text, here)) return null;
  const url = new URL(text, here);
  url.username = "";
  url.password = "";
  return /^https?:$/.test(url.protocol) ? url : null;
}

/** Returns the method that a redirect changes the request to; null when the method stays. */
export function methodAfter(status: number, method: string): "GET" | null {
  const toGet = status === 303 ? method !== "HEAD" : status < 303 && method === "POST";
  return toGet ? "GET" : null;
}

const OF_CONTENT = /^content-/i;

/** Removes the content, and the headers that describe it, from a request that has become a GET. */
export function withoutContent(options: RequestOptions | undefined): RequestOptions | undefined {
  if (options === undefined) return undefined;
  const { json: _json, form: _form, body: _body, headers, ...rest } = options;
  if (headers === undefined) return rest;
  const kept = Object.entries(headers).filter(([name]) => !OF_CONTENT.test(name));
  return { ...rest, headers: Object.fromEntries(kept) };
}

/** Removes credentials, which are for one origin only. As for browsers and curl, another port or scheme is another origin. */
export function withoutCredentials(options: RequestOptions | undefined): RequestOptions {
  const others = Object.entries(options?.headers ?? {}).filter(([name]) => !/^authorization$/i.test(name));
  return { ...options, headers: { ...Object.fromEntries(others), Authorization: null } };
}
