/**
 * A user's cookies (RFC 6265bis). A jar that only holds session cookies for "/" of one host, which is the usual case, keeps the
 * header line ready.
 */
import { isUtf8 } from "node:buffer";
import type { CookieOptions, Cookies } from "../../scenario.ts";
import { applies, type Cookie, type CookieSite, parseCookie, pathFits } from "./cookie.ts";
import { badCookie, cookieText } from "./cookie-text.ts";
import { splitUrl } from "./origin.ts";

/** The most cookies of one domain, and of all: at least the minimum that browsers should keep (RFC 6265bis, section 6.1). */
const OF_DOMAIN_MAX = 180;
const ALL_MAX = 3_000;

export class CookieJar implements Cookies {
  /** Returns the site that a script means when it names none. It is a function because a header may name a virtual host later. */
  readonly #base: () => CookieSite;
  readonly #prefix: string;
  #cookies: Cookie[] = [];
  /** The line for `#simpleHost` and any path; null when there is no such line. */
  #simpleLine: string | null = "";
  #simpleHost = "";

  constructor(base: () => CookieSite, prefix: string) {
    this.#base = base;
    this.#prefix = prefix;
  }

  /** Returns a line such as "Cookie: a=b; c=d\r\n", or "" when no cookie applies. */
  line(site: CookieSite, path: string): string {
    if (this.#simpleLine !== null && (this.#simpleHost === site.host || this.#cookies.length === 0))
      return this.#simpleLine;
    const fit = this.#fitting(site, path);
    return fit.length === 0 ? "" : lineOf(fit);
  }

  /** Takes the values of the Set-Cookie headers of an answer to `path`. Cookies that browsers would not keep are refused. */
  take(values: readonly string[], site: CookieSite, path: string, refused?: (name: string, why: string) => void): void {
    for (const value of values) {
      const cookie = parseCookie(value, site, path);
      if (typeof cookie !== "string") this.#put(cookie, site.secure);
      else if (cookie !== "") refused?.(value.split(/[=;]/, 1)[0]?.trim() ?? "", cookie);
    }
    this.#prepare(site);
  }

  get(name: string, url = "/"): string | null {
    const { site, path } = this.#placeOf(url);
    const found = this.#fitting(site, path).find((cookie) => cookie.name === name);
    return found === undefined ? null : readable(found.value);
  }

  all(url = "/"): Record<string, string> {
    const { site, path } = this.#placeOf(url);
    const found = this.#fitting(site, path).toReversed(); // of several with the same name, the one that is sent first counts
    return Object.fromEntries(found.map(({ name, value }) => [name, readable(value)]));
  }

  set(name: string, value: string, options: CookieOptions = {}): void {
    const { site } = this.#placeOf(options.url ?? "/");
    const cookie = parseCookie(cookieText(name, value, options), site, "/");
    if (typeof cookie === "string") throw badCookie(name, cookie);
    this.#put(cookie, true);
    this.#prepare(this.#base());
  }

  delete(name: string, url = "/"): boolean {
    const { site, path } = this.#placeOf(url);
    const gone = new Set(this.#fitting(site, path).filter((cookie) => cookie.name === name));
    this.#cookies = this.#cookies.filter((cookie) => !gone.has(cookie));
    this.#prepare(this.#base());
    return gone.size > 0;
  }

  clear(): void {
    this.#cookies = [];
    this.#simpleLine = "";
  }

  #placeOf(url: string): { site: CookieSite; path: string } {
    if (!/^https?:\/\//i.test(url)) return { site: this.#base(), path: `${this.#prefix}/${url.replace(/^\//, "")}` };
    const { origin, path } = splitUrl(url);
    return { site: origin, path };
  }

  #fitting(site: CookieSite, path: string): Cookie[] {
    const now = Date.now();
    const fit = this.#cookies.filter((cookie) => applies(cookie, site, path, now));
    return fit.sort((a, b) => b.path.length - a.path.length);
  }

  /** Stores a cookie. One that replaces another takes its place, because the order is that of creation. */
  #put(cookie: Cookie, fromSecure: boolean): void {
    if (!fromSecure && this.#hidesSecure(cookie)) return;
    const at = this.#cookies.findIndex(
      (old) =>
        old.name === cookie.name &&
        old.host === cookie.host &&
        old.path === cookie.path &&
        old.hostOnly === cookie.hostOnly,
    );
    const gone = cookie.expiresMs <= Date.now();
    if (at >= 0) this.#cookies.splice(at, 1, ...(gone ? [] : [cookie]));
    else if (!gone) this.#add(cookie);
  }

  #add(cookie: Cookie): void {
    const ofDomain = this.#cookies.filter(({ host }) => host === cookie.host);
    const [first] = ofDomain.length >= OF_DOMAIN_MAX ? ofDomain : this.#cookies;
    this.#cookies.push(cookie);
    if (ofDomain.length >= OF_DOMAIN_MAX || this.#cookies.length > ALL_MAX)
      this.#cookies = this.#cookies.filter((old) => old !== first);
  }

  /** Returns true when a cookie that came without TLS would replace or hide a Secure one (RFC 6265bis, section 5.7). */
  #hidesSecure(cookie: Cookie): boolean {
    if (cookie.secure) return false;
    return this.#cookies.some(
      (old) =>
        old.secure &&
        old.name === cookie.name &&
        (old.host === cookie.host || old.host.endsWith(`.${cookie.host}`) || cookie.host.endsWith(`.${old.host}`)) &&
        pathFits(old.path, cookie.path),
    );
  }

  #prepare(site: CookieSite): void {
    const simple = this.#cookies.every(
      (cookie) =>
        cookie.host === site.host &&
        cookie.path === "/" &&
        !cookie.secure &&
        cookie.expiresMs === Number.POSITIVE_INFINITY,
    );
    this.#simpleHost = site.host;
    this.#simpleLine = simple ? (this.#cookies.length === 0 ? "" : lineOf(this.#cookies)) : null;
  }
}

/** Returns the Cookie line. Of a cookie without a name, only the value is written. */
function lineOf(cookies: readonly Cookie[]): string {
  return `Cookie: ${cookies.map(({ name, value }) => (name === "" ? value : `${name}=${value}`)).join("; ")}\r\n`;
}

/** Returns a value as text. Values are sent as bytes, and non-ASCII ones are nearly always UTF-8. */
function readable(value: string): string {
  const bytes = Buffer.from(value, "latin1");
  return isUtf8(bytes) ? bytes.toString("utf8") : value;
}
