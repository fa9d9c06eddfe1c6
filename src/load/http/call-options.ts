/** What a script's options say about one call. */
import type { RequestOptions } from "../../scenario.ts";
import { parseDuration } from "../../std/duration.ts";
import { GamedayError } from "../../std/errors.ts";
import type { Judged } from "./reply.ts";

/** Timeouts as scripts write them, parsed once. */
const timeouts = new Map<string | number, number>();

export function judge(status: number, options: RequestOptions | undefined): Judged | null {
  if (options === undefined || (options.expect === undefined && options.notApplied === undefined)) return null;
  const expected = options.expect?.includes(status) ?? (status >= 200 && status < 400);
  return { expected, notApplied: options.notApplied?.includes(status) ?? false };
}

/** Types are not checked at run time: a lone number would throw when the answer is there, and be nobody's answer. */
export function checkStatuses({ expect, notApplied }: RequestOptions): void {
  if (expect !== undefined && !Array.isArray(expect)) throw noList("expect", expect);
  if (notApplied !== undefined && !Array.isArray(notApplied)) throw noList("notApplied", notApplied);
}

function noList(name: string, given: unknown): GamedayError {
  return new GamedayError({
    code: "bad-statuses",
    expected: `${name}: a list such as [404]`,
    got: JSON.stringify(given),
  });
}

export function withoutBody(options: RequestOptions | undefined): RequestOptions | undefined {
  if (options === undefined) return undefined;
  const { json: _json, form: _form, body: _body, ...rest } = options;
  return rest;
}

export function timeoutOf(given: string | number): number {
  let value = timeouts.get(given);
  if (value === undefined) {
    value = parseDuration(given);
    if (value === undefined || value <= 0) {
      throw new GamedayError({ code: "bad-timeout", expected: 'a timeout such as "2s"', got: JSON.stringify(given) });
    }
    if (timeouts.size > 1000) timeouts.clear();
    timeouts.set(given, value);
  }
  return value;
}
