/**
 * A user's cookies (RFC 6265, without public suffixes): host-only or domain cookies, path, expiry, secure. A jar that only
 * holds session cookies for "/" of one host, the usual case, answers from a line kept ready.
 */
import { isIP } from "node:net";
import { cookieDate } from "./cookie-date.ts";
import type { Origin } from "./origin.ts";

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly host: string;
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
  /** Wall-clock milliseconds, Infinity for the session. */
  readonly expiresMs: number;
}

const COOKIES_MAX = 300;

export class CookieJar {
  #cookies: Cookie[] = [];
  /** Valid for `#simpleHost` and any path, when not null. */
  #simpleLine: string | null = "";
  #simpleHost = "";

  /** "Cookie: a=b; c=d\r\n", or "" when none applies. */
  line(origin: Origin, path: string): string {
    if (this.#simpleLine !== null && (this.#simpleHost === origin.host || this.#cookies.length === 0))
      return this.#simpleLine;
    const now = Date.now();
    const fit = this.#cookies.filter((cookie) => applies(cookie, origin, path, now));
    fit.sort((a, b) => b.path.length - a.path.length);
    return fit.length === 0 ? "" : lineOf(fit);
  }

  /** Takes the values of Set-Cookie headers that came from a request to `path`. Ill-formed ones are ignored. */
  take(values: readonly string[], origin: Origin, path: string): void {
    for (const value of values) {
      const cookie = parseCookie(value, origin, path);
      if (cookie !== undefined) this.#put(cookie);
    }
    this.#prepare(origin);
  }

  clear(): void {
    this.#cookies = [];
    this.#simpleLine = "";
  }

  #put(cookie: Cookie): void {
    const at = this.#cookies.findIndex(
      (old) => old.name === cookie.name && old.host === cookie.host && old.path === cookie.path,
    );
    const gone = cookie.expiresMs <= Date.now();
    if (at >= 0) this.#cookies.splice(at, 1, ...(gone ? [] : [cookie]));
    else if (!gone) this.#cookies.push(cookie);
    if (this.#cookies.length > COOKIES_MAX) this.#cookies.shift();
  }

  #prepare(origin: Origin): void {
    const simple = this.#cookies.every(
      (cookie) =>
        cookie.host === origin.host &&
        cookie.path === "/" &&
        !cookie.secure &&
        cookie.expiresMs === Number.POSITIVE_INFINITY,
    );
    this.#simpleHost = origin.host;
    this.#simpleLine = simple ? (this.#cookies.length === 0 ? "" : lineOf(this.#cookies)) : null;
  }
}

function lineOf(cookies: readonly Cookie[]): string {
  return `Cookie: ${cookies.map((cookie) => `${cookie.name}=${cookie.value}`).join("; ")}\r\n`;
}

function applies(cookie: Cookie, origin: Origin, path: string, nowMs: number): boolean {
  if (cookie.expiresMs <= nowMs || (cookie.secure && !origin.secure)) return false;
  const hostFits = cookie.host === origin.host || (!cookie.hostOnly && origin.host.endsWith(`.${cookie.host}`));
  return hostFits && pathFits(cookie.path, path.split(/[?#]/, 1)[0] ?? "/");
}

function pathFits(cookiePath: string, path: string): boolean {
  if (path === cookiePath) return true;
  return path.startsWith(cookiePath) && (cookiePath.endsWith("/") || path[cookiePath.length] === "/");
}

function parseCookie(text: string, origin: Origin, path: string): Cookie | undefined {
  const end = text.indexOf(";");
  const pair = end < 0 ? text : text.slice(0, end);
  const equals = pair.indexOf("=");
  const name = pair.slice(0, Math.max(0, equals)).trim();
  if (equals < 0 || name === "") return undefined;
  const scope = scopeOf(end < 0 ? "" : text.slice(end + 1), origin, path);
  return scope === undefined ? undefined : { name, value: pair.slice(equals + 1).trim(), ...scope };
}

type CookieScope = Omit<Cookie, "name" | "value">;

/** A server gives its cookies the same attributes again and again; those without a time are understood once. */
const scopes = new Map<string, CookieScope>();

function scopeOf(attributes: string, origin: Origin, path: string): CookieScope | undefined {
  const key = `${origin.host} ${defaultPath(path)} ${attributes}`;
  const known = scopes.get(key);
  if (known !== undefined) return known;
  const scope = parseAttributes(attributes, origin, path);
  if (scope?.expiresMs === Number.POSITIVE_INFINITY) {
    if (scopes.size >= COOKIES_MAX) scopes.clear();
    scopes.set(key, scope);
  }
  return scope;
}

function parseAttributes(attributes: string, origin: Origin, path: string): CookieScope | undefined {
  const given = new Map(attributes.split(";").map(splitAttribute));
  const domain = (given.get("domain") ?? "").replace(/^\./, "").toLowerCase();
  if (domain !== "" && !mayBeSetBy(origin.host, domain)) return undefined;
  const own = given.get("path");
  return {
    host: domain === "" ? origin.host : domain,
    hostOnly: domain === "",
    path: own?.startsWith("/") === true ? own : defaultPath(path),
    secure: given.has("secure"),
    expiresMs: expiry(given.get("max-age"), given.get("expires")),
  };
}

/** Its own domain or one above it; not one of a single word, which is that of all hosts below it. */
function mayBeSetBy(host: string, domain: string): boolean {
  return host === domain || (host.endsWith(`.${domain}`) && domain.includes(".") && isIP(host) === 0);
}

function splitAttribute(text: string): [string, string] {
  const equals = text.indexOf("=");
  if (equals < 0) return [text.trim().toLowerCase(), ""];
  return [text.slice(0, equals).trim().toLowerCase(), text.slice(equals + 1).trim()];
}

/** The folder of the request's path (RFC 6265, 5.1.4). */
function defaultPath(path: string): string {
  const clean = path.split(/[?#]/, 1)[0] ?? "/";
  const slash = clean.lastIndexOf("/");
  return slash <= 0 ? "/" : clean.slice(0, slash);
}

function expiry(maxAge: string | undefined, expires: string | undefined): number {
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return Date.now() + Number(maxAge) * 1000;
  const date = expires === undefined ? Number.NaN : cookieDate(expires);
  return Number.isNaN(date) ? Number.POSITIVE_INFINITY : date;
}
