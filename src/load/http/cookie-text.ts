/** A cookie that a script sets, written as the Set-Cookie line of a server that sets it. */
import { describe } from "../../scenario/shape.ts";
import type { CookieOptions } from "../../scenario.ts";
import { parseDuration } from "../../std/duration.ts";
import { GamedayError } from "../../std/errors.ts";

/** Returns the value of the Set-Cookie line; throws GamedayError for what no cookie can be. */
export function cookieText(name: string, value: string, options: CookieOptions): string {
  const { path = "/", domain, secure, httpOnly, sameSite, maxAge } = options;
  if (typeof name !== "string" || typeof value !== "string") throw badCookie(describe(name));
  const texts = [name, value, path, domain ?? "", sameSite ?? ""];
  if (name === "" || /[=\s]/.test(name) || texts.some((text) => /[^\x20-:<-~\x80-\uffff]/.test(text)))
    throw badCookie(name);
  const parts = [`${bytesOf(name)}=${bytesOf(value)}`, `Path=${path}`];
  if (domain !== undefined) parts.push(`Domain=${domain}`);
  if (maxAge !== undefined) parts.push(`Max-Age=${secondsOf(maxAge)}`);
  if (sameSite !== undefined) parts.push(`SameSite=${sameSite}`);
  if (secure === true) parts.push("Secure");
  if (httpOnly === true) parts.push("HttpOnly");
  return parts.join("; ");
}

/** Returns the error for a cookie that cannot be set; `why` is the reason for which browsers refuse it. */
export function badCookie(name: string, why?: string): GamedayError {
  return new GamedayError({
    code: "bad-cookie",
    expected: "a cookie that its host may set: a name, and a value without line ends and semicolons",
    got: why === undefined ? describe(name) : `${describe(name)}: ${why}`,
  });
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString("latin1");
}

function secondsOf(given: string | number): number {
  const milliseconds = parseDuration(given);
  if (milliseconds !== undefined) return Math.ceil(milliseconds / 1000);
  throw new GamedayError({ code: "bad-cookie", expected: 'maxAge with its unit, such as "1h"', got: describe(given) });
}
