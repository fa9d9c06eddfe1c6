/**
 * One cookie: how a Set-Cookie line becomes one (RFC 6265bis, 5.6 and 5.7), and whether it goes with a request (5.8.3).
 * Without a list of public suffixes: a domain of a single word counts as one.
 */
import { isIP } from "node:net";
import { cookieDate } from "./cookie-date.ts";
import { isLoopback } from "./proxy.ts";

export interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly host: string;
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  /** As it was said; every call of a script is one of the same site, so nothing follows from it here. */
  readonly sameSite: "strict" | "lax" | "none" | "default";
  /** Wall-clock milliseconds, Infinity for the session. */
  readonly expiresMs: number;
}

/** Where a request goes, as far as cookies care: the virtual host where a header names one. */
export interface CookieSite {
  /** In small letters, without brackets. */
  readonly host: string;
  readonly secure: boolean;
}

/** The site that a Host header names. */
export function siteOf(host: string, secure: boolean): CookieSite {
  const name = host.toLowerCase().replace(/:\d*$/, "");
  return { host: name.replace(/^\[|\]$/g, ""), secure };
}

/** Octets of name and value together, and of one attribute (5.6, 5.7). */
const PAIR_MAX = 4_096;
const ATTRIBUTE_MAX = 1_024;
/** No cookie is kept longer: 400 days. */
const AGE_MS_MAX = 400 * 86_400_000;
const CONTROLS = /[^\t\x20-\x7e\x80-\uffff]/;

/** As browsers and curl have it: what is said to this very machine is said in private. */
function isTrusted(site: CookieSite): boolean {
  return site.secure || isLoopback(site.host);
}

export function applies(cookie: Cookie, site: CookieSite, path: string, nowMs: number): boolean {
  if (cookie.expiresMs <= nowMs || (cookie.secure && !isTrusted(site))) return false;
  const hostFits = cookie.host === site.host || (!cookie.hostOnly && isBelow(site.host, cookie.host));
  return hostFits && pathFits(cookie.path, path.split(/[?#]/, 1)[0] ?? "/");
}

function isBelow(host: string, domain: string): boolean {
  return host.endsWith(`.${domain}`) && isIP(host) === 0;
}

export function pathFits(cookiePath: string, path: string): boolean {
  if (path === cookiePath) return true;
  return path.startsWith(cookiePath) && (cookiePath.endsWith("/") || path[cookiePath.length] === "/");
}

/**
 * The cookie, or why browsers would not keep it, either: "" where it is none at all. `path`: of the request whose answer it
 * came with.
 */
export function parseCookie(text: string, site: CookieSite, path: string): Cookie | string {
  if (CONTROLS.test(text)) return "it has control characters";
  const end = text.indexOf(";");
  const pair = end < 0 ? text : text.slice(0, end);
  const equals = pair.indexOf("=");
  const name = pair.slice(0, Math.max(0, equals)).trim();
  const value = pair.slice(equals + 1).trim();
  if (name.length + value.length === 0) return "";
  if (name.length + value.length > PAIR_MAX) return `it is larger than ${PAIR_MAX} bytes`;
  const scope = scopeOf(end < 0 ? "" : text.slice(end + 1), site, path);
  if (typeof scope === "string") return scope;
  return prefixHolds(name, value, scope.said) ? { name, value, ...scope.cookie } : "its prefix promises what is not so";
}

/** What __Secure- and __Host- promise must be so; a cookie without a name must not look as though it had one (5.7). */
function prefixHolds(name: string, value: string, said: Said): boolean {
  if (name === "") return !/^__(secure|host)-/i.test(value);
  if (/^__secure-/i.test(name)) return said.secure;
  if (/^__host-/i.test(name)) return said.secure && !said.domain && said.rootPath;
  return true;
}

/** What the line itself says, whatever follows from it. */
interface Said {
  readonly secure: boolean;
  readonly domain: boolean;
  readonly rootPath: boolean;
}

interface CookieScope {
  readonly cookie: Omit<Cookie, "name" | "value">;
  readonly said: Said;
}

const SCOPES_MAX = 300;
/** A server gives its cookies the same attributes again and again; those without a time are understood once. */
const scopes = new Map<string, CookieScope | string>();

function scopeOf(attributes: string, site: CookieSite, path: string): CookieScope | string {
  const key = `${site.secure ? "s" : ""} ${site.host} ${defaultPath(path)} ${attributes}`;
  const known = scopes.get(key);
  if (known !== undefined) return known;
  const scope = parseAttributes(attributes, site, path);
  if (typeof scope === "string" || scope.cookie.expiresMs === Number.POSITIVE_INFINITY) {
    if (scopes.size >= SCOPES_MAX) scopes.clear();
    scopes.set(key, scope);
  }
  return scope;
}

/** Of an attribute that is given twice the last one counts. */
function parseAttributes(attributes: string, site: CookieSite, path: string): CookieScope | string {
  const given = new Map(attributes.split(";").map(splitAttribute));
  const domain = domainOf(given.get("domain") ?? "", site);
  const secure = given.has("secure");
  const sameSite = sameSiteOf(given.get("samesite"));
  if (domain === null) return `its domain is not one that ${site.host} may set`;
  if (secure && !isTrusted(site)) return "it is Secure, and came over http://";
  if (sameSite === "none" && !secure) return "it has SameSite=None without Secure";
  const own = given.get("path");
  const place = own?.startsWith("/") === true ? own : defaultPath(path);
  return {
    said: { secure, domain: (given.get("domain") ?? "") !== "", rootPath: own === "/" },
    cookie: {
      host: domain === "" ? site.host : domain,
      hostOnly: domain === "",
      path: place,
      secure,
      httpOnly: given.has("httponly"),
      sameSite,
      expiresMs: expiry(given.get("max-age"), given.get("expires")),
    },
  };
}

/** "": of this host alone. Null: of hosts that it has no say over, or of all below a single word. */
function domainOf(given: string, { host }: CookieSite): string | null {
  const domain = given.replace(/^\./, "").toLowerCase();
  if (domain === "") return "";
  if (/[\x80-\uffff]/.test(domain)) return null;
  if (host === domain) return domain.includes(".") && isIP(host) === 0 ? domain : "";
  return isBelow(host, domain) && domain.includes(".") ? domain : null;
}

function splitAttribute(text: string): [string, string] {
  const equals = text.indexOf("=");
  const name = (equals < 0 ? text : text.slice(0, equals)).trim().toLowerCase();
  const value = equals < 0 ? "" : text.slice(equals + 1).trim();
  return value.length > ATTRIBUTE_MAX ? ["", ""] : [name, value];
}

function sameSiteOf(given: string | undefined): Cookie["sameSite"] {
  const word = given?.toLowerCase();
  return word === "strict" || word === "lax" || word === "none" ? word : "default";
}

/** The folder of the request's path (5.1.4). */
function defaultPath(path: string): string {
  const clean = path.split(/[?#]/, 1)[0] ?? "/";
  const slash = clean.lastIndexOf("/");
  return slash <= 0 ? "/" : clean.slice(0, slash);
}

/** Max-Age counts before Expires; what is no number or no date is as though it were not there. */
function expiry(maxAge: string | undefined, expires: string | undefined): number {
  const latestMs = Date.now() + AGE_MS_MAX;
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) {
    const seconds = Number(maxAge);
    return seconds <= 0 ? 0 : Math.min(latestMs, Date.now() + seconds * 1000);
  }
  const date = expires === undefined ? Number.NaN : cookieDate(expires);
  return Number.isNaN(date) ? Number.POSITIVE_INFINITY : Math.min(latestMs, date);
}
