/**
 * The rights of callers. The token controls; it is kept in a file of mode 0600, so that a page goes on after the server was
 * restarted. A code is used once, within ten minutes, and exchanges a link for the token. The cookie only reads: cookies are sent
 * to every port of a host, so another local server sees it. It is a keyed hash of its own expiry and is stored nowhere.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Proved } from "./guard.ts";

const TOKEN_BYTES = 24;
const CODE_MS = 10 * 60_000;
const COOKIE_MS = 12 * 3_600_000;
const CODES_MAX = 100;

/** Returns a new token of 192 bits. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

export interface Code {
  readonly code: string;
  readonly expiresAtMs: number;
}

export class Rights {
  readonly #token: string;
  readonly #cookieName: string;
  readonly #nowMs: () => number;
  /** Expiry by the digest of the code, so that the code itself is not kept. */
  readonly #codes = new Map<string, number>();

  constructor(options: { readonly token: string; readonly port: number; readonly nowMs: () => number }) {
    this.#token = options.token;
    this.#cookieName = `gameday_${options.port}`;
    this.#nowMs = options.nowMs;
  }

  get token(): string {
    return this.#token;
  }

  /** Returns the rights that these two headers prove. */
  proved(authorization: string | undefined, cookie: string | undefined): Proved {
    const bearer = /^Bearer ([\x21-\x7e]{1,256})$/.exec(authorization ?? "")?.[1];
    const mayControl = bearer !== undefined && isSame(bearer, this.#token);
    return { mayControl, mayRead: this.#isOurs(cookieOf(cookie, this.#cookieName)) };
  }

  newCode(): Code {
    this.#forgetExpired();
    const oldest = this.#codes.keys().next();
    if (this.#codes.size >= CODES_MAX && oldest.done !== true) this.#codes.delete(oldest.value);
    const code = newToken();
    const expiresAtMs = this.#nowMs() + CODE_MS;
    this.#codes.set(digestOf(code), expiresAtMs);
    return { code, expiresAtMs };
  }

  /** Uses up a code. Returns the value of Set-Cookie, or null if the code is unknown, used or too old. */
  useCode(code: string): string | null {
    this.#forgetExpired();
    if (!this.#codes.delete(digestOf(code))) return null;
    const expiresAtMs = this.#nowMs() + COOKIE_MS;
    const value = `${expiresAtMs}.${this.#signature(expiresAtMs)}`;
    return `${this.#cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${COOKIE_MS / 1000}`;
  }

  #isOurs(value: string | undefined): boolean {
    const [expiry = "", signature = ""] = (value ?? "").split(".");
    if (!/^\d{1,16}$/.test(expiry) || Number(expiry) <= this.#nowMs()) return false;
    return isSame(signature, this.#signature(Number(expiry)));
  }

  #signature(expiresAtMs: number): string {
    return createHmac("sha256", this.#token).update(`read ${this.#cookieName} ${expiresAtMs}`).digest("base64url");
  }

  #forgetExpired(): void {
    for (const [digest, expiresAtMs] of this.#codes) if (expiresAtMs <= this.#nowMs()) this.#codes.delete(digest);
  }
}

/** Compares two secrets in a time that depends on neither. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function digestOf(code: string): string {
  return createHash("sha256").update(code).digest("base64url");
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}
