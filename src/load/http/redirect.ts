/** Where a redirect leads (RFC 9110, 15.4), and what of a call goes along. */
import { isUtf8 } from "node:buffer";
import type { RequestOptions } from "../../scenario.ts";
import type { Origin } from "./origin.ts";
import { ReplyHeaders } from "./reply.ts";

export type Redirection =
  | { readonly url: URL }
  /** Why there is nothing to follow; `to`: null when no place was named. */
  | { readonly to: string | null };

/** Statuses that send a client elsewhere by Location; 300 leaves the choice to people, 304 to caches. */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/**
 * The place within the same host that the head of an answer names. `virtual`: the host that the request named in its header;
 * what is below that name lies at the same address.
 */
export function redirectionOf(head: string, origin: Origin, path: string, virtual: string): Redirection {
  const [location = "", ...others] = new Set(new ReplyHeaders(head).all("location"));
  // An empty place would be this very one; of two, neither is more right than the other.
  const sound = location !== "" && others.length === 0;
  const scheme = origin.secure ? "https:" : "http:";
  const here = virtual !== "" && URL.canParse(`${scheme}//${virtual}`) ? new URL(`${scheme}//${virtual}`) : null;
  const url = sound ? placeOf(location, `${here?.origin ?? origin.text}${path}`) : null;
  if (url !== null && here?.hostname === url.hostname) return { url: atAddress(url, here, origin) };
  // Load must not wander off to hosts that nobody named: such an answer is the reply.
  if (url !== null && bare(url.hostname) === origin.host) return { url };
  return { to: [location, ...others].join(", ") || null };
}

/** For a note: `location`: null when the redirect named no place. */
export function leftInWords(location: string | null): string {
  const where = location === null ? "without a Location" : `to ${JSON.stringify(location.slice(0, 120))}`;
  return `a redirect ${where} was not followed: only those to one place on its host are`;
}

/** The name is one that a header gave: the connection still goes to the address, with another port where one is named. */
function atAddress(url: URL, here: URL, origin: Origin): URL {
  const moved = new URL(url);
  moved.hostname = origin.host.includes(":") ? `[${origin.host}]` : origin.host;
  if (url.host === here.host && url.protocol === here.protocol) moved.port = String(origin.port);
  return moved;
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** Null when it is no place for HTTP. Servers write names beyond ASCII as UTF-8, which headers read as latin1. */
function placeOf(location: string, here: string): URL | null {
  const bytes = Buffer.from(location, "latin1");
  const text = isUtf8(bytes) ? bytes.toString("utf8") : location;
  if (!URL.canParse(text, here)) return null;
  const url = new URL(text, here);
  url.username = "";
  url.password = "";
  return /^https?:$/.test(url.protocol) ? url : null;
}

/** Null: the method stays. */
export function methodAfter(status: number, method: string): "GET" | null {
  const toGet = status === 303 ? method !== "HEAD" : status < 303 && method === "POST";
  return toGet ? "GET" : null;
}

const OF_CONTENT = /^content-/i;

/** A request that has become a GET has no content, and nothing to say of one. */
export function withoutContent(options: RequestOptions | undefined): RequestOptions | undefined {
  if (options === undefined) return undefined;
  const { json: _json, form: _form, body: _body, headers, ...rest } = options;
  if (headers === undefined) return rest;
  const kept = Object.entries(headers).filter(([name]) => !OF_CONTENT.test(name));
  return { ...rest, headers: Object.fromEntries(kept) };
}

/** Credentials are for the origin that they were given for: another port or scheme is another one, as to browsers and curl. */
export function withoutCredentials(options: RequestOptions | undefined): RequestOptions {
  const others = Object.entries(options?.headers ?? {}).filter(([name]) => !/^authorization$/i.test(name));
  return { ...options, headers: { ...Object.fromEntries(others), Authorization: null } };
}
