/** Checks and reads the options that a script gives for one call. */

import { describe } from "../../scenario/shape.ts";
import type { RequestOptions } from "../../scenario.ts";
import { parseDuration } from "../../std/duration.ts";
import { GamedayError } from "../../std/errors.ts";
import { suggestion } from "../../std/suggest.ts";
import type { Judged } from "./reply.ts";
import { isWhole } from "./request-body.ts";

/** Timeouts in milliseconds by the form in which scripts write them, so that each is parsed once. */
const timeouts = new Map<string | number, number>();

type Looks = readonly [fits: (value: unknown) => boolean, expected: string];

const isText: Looks = [(value) => typeof value === "string", "a text"];
const STATUSES: Looks = [Array.isArray, "a list such as [409, 422]"];
/** Headers and Map have no fields of their own and would be ignored silently, so only plain objects are accepted. */
const isFields: Looks = [
  (value) => typeof value === "object" && value !== null && /^(Object|null)$/.test(kindOf(value)),
  'fields such as { "x-a": "b" }',
];
const isAny: Looks = [() => true, ""];

const OPTIONS = new Map<string, Looks>([
  ["name", isText],
  ["tags", [(value) => isFields[0](value) && Object.values(value as object).every(isText[0]), "tags as texts"]],
  ["headers", isFields],
  ["json", isAny],
  [
    "form",
    [
      (value) => isFields[0](value) || value instanceof URLSearchParams || isWhole(value),
      "fields, URLSearchParams or FormData",
    ],
  ],
  ["body", isAny],
  ["discardBody", [(value) => typeof value === "boolean", "true or false"]],
  ["timeout", isAny],
  ["redirects", [(value) => Number.isInteger(value) && (value as number) >= 0, "a whole number from 0"]],
  ["notApplied", STATUSES],
  ["expect", STATUSES],
]);

function kindOf(value: object): string {
  return (Object.getPrototypeOf(value) as object | null)?.constructor.name ?? "null";
}

/** Throws for options that a script without types got wrong, at the script's line and before anything is sent. */
export function demandOptions(options: RequestOptions): void {
  if (typeof options !== "object") throw badOption("options", 'an object such as { name: "order" }', options);
  for (const key of Object.keys(options)) {
    const value = options[key as keyof RequestOptions];
    const looks = OPTIONS.get(key);
    if (looks === undefined) throw unknownOption(key);
    if (value !== undefined && !looks[0](value)) throw badOption(key, looks[1], value);
  }
}

export function demandPath(path: unknown): void {
  if (typeof path === "string" && !/^(?!https?:)[a-z][a-z0-9+.-]*:\/\//i.test(path)) return;
  throw badOption("path", 'a path such as "/orders", or an http:// URL', path);
}

/** The methods that scripts may use. CONNECT is for tunnels through proxies; TRACE would have cookies sent back in the body. */
const METHOD = /^(?!(?:CONNECT|TRACE)$)[A-Z][A-Z0-9_-]{0,31}$/;

export function demandMethod(method: string): void {
  if (method === "GET" || method === "POST" || METHOD.test(method)) return;
  const expected = "an HTTP method in capitals, and neither CONNECT nor TRACE";
  throw new GamedayError({ code: "bad-method", expected, got: JSON.stringify(method) });
}

function unknownOption(key: string): GamedayError {
  const hint = suggestion(key, [...OPTIONS.keys()]);
  return new GamedayError({ code: "bad-option", expected: "only known options of a request", got: `"${key}"`, hint });
}

function badOption(what: string, expected: string, given: unknown): GamedayError {
  const got = `${what} ${describe(given)}`;
  const code = OPTIONS.get(what) === STATUSES ? "bad-statuses" : "bad-option";
  return new GamedayError({ code, expected, got, hint: "the request was not sent" });
}

export function judge(status: number, options: RequestOptions | undefined): Judged | null {
  if (options === undefined || (options.expect === undefined && options.notApplied === undefined)) return null;
  const expected = options.expect?.includes(status) ?? (status >= 200 && status < 400);
  return { expected, notApplied: options.notApplied?.includes(status) ?? false };
}

export function timeoutOf(given: string | number): number {
  let value = timeouts.get(given);
  if (value === undefined) {
    value = parseDuration(given);
    if (value === undefined || value <= 0) {
      throw new GamedayError({
        code: "bad-timeout",
        expected: 'a timeout with its unit, such as "2s"',
        got: describe(given),
      });
    }
    if (timeouts.size > 1000) timeouts.clear();
    timeouts.set(given, value);
  }
  return value;
}

export function tooManyCalls(): GamedayError {
  return new GamedayError({
    code: "too-many-calls",
    expected: "a user to wait for its calls",
    got: "10,000 calls of one user waiting for a connection",
    hint: "await the calls, or run more users",
  });
}
