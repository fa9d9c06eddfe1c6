/**
 * Parses a Set-Cookie line into a cookie (RFC 6265bis, sections 5.6 and 5.7), and decides whether a cookie is sent with a
 * request (section 5.8.3). There is no list of public suffixes: a domain of a single label counts as one.
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
  /** The declared value. Every call of a script is a same-site request, so it has no effect here. */
  readonly sameSite: "strict" | "lax" | "none" | "default";
  /** Wall-clock milliseconds; Infinity for a session cookie. */
  readonly expiresMs: number;
}

/** The destination of a request as cookies see it: the virtual host, if a header names one. */
export interface CookieSite {
  /** In lower case, without brackets. */
  readonly host: string;
  readonly secure: boolean;
}

/** Returns the site that a Host header names. */
export function siteOf(host: string, secure: boolean): CookieSite {
  const name = host.toLowerCase().replace(/:\d*$/, "");
  return { host: name.replace(/^\[|\]$/g, ""), secure };
}

/** The most octets of name and value together, and of one attribute (sections 5.6 and 5.7). */
const PAIR_MAX = 4_096;
const ATTRIBUTE_MAX = 1_024;
/** The longest time that a cookie is kept: 400 days. */
const AGE_MS_MAX = 400 * 86_400_000;
const CONTROLS = /[^\t\x20-\x7e\x80-\uffff]/;

/** Returns true when Secure cookies may be used. As for browsers and curl, loopback is as private as TLS. */
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
 * Returns the cookie, or the reason why browsers would not keep it either; "" when it is not a cookie at all. `path` is that of
 * the request whose answer set it.
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

/** Checks what the prefixes __Secure- and __Host- promise. A nameless cookie's value must not begin with one (section 5.7). */
function prefixHolds(name: string, value: string, said: Said): boolean {
  if (name === "") return !/^__(secure|host)-/i.test(value);
  if (/^__secure-/i.test(name)) return said.secure;
  if (/^__host-/i.test(name)) return said.secure && !said.domain && said.rootPath;
  return true;
}

/** The attributes that the line itself contains, before any defaults. */
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
/** A cache of parsed attributes, which a server repeats again and again. Attributes with an expiry are not cached. */
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

/** Parses attributes; returns the reason when browsers refuse the cookie. The last one counts when an attribute is repeated. */
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

/**
 * Returns the domain of a cookie: "" for this host alone, and null for a domain that the host may not set cookies for, or for
 * one of a single label.
 */
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

/** Returns the directory of the request's path (section 5.1.4). */
function defaultPath(path: string): string {
  const clean = path.split(/[?#]/, 1)[0] ?? "/";
  const slash = clean.lastIndexOf("/");
  return slash <= 0 ? "/" : clean.slice(0, slash);
}

/** Returns the time of expiry. Max-Age takes precedence over Expires; what is not a number or not a date is ignored. */
function expiry(maxAge: string | undefined, expires: string | undefined): number {
  const latestMs = Date.now() + AGE_MS_MAX;
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) {
    const seconds = Number(maxAge);
    return seconds <= 0 ? 0 : Math.min(latestMs, Date.now() + seconds * 1000);
  }
  const date = expires === undefined ? Number.NaN : cookieDate(expires);
  return Number.isNaN(date) ? Number.POSITIVE_INFINITY : Math.min(latestMs, date);
}
