/** Turns refusals and errors into the body of an answer: application/problem+json with the command line's codes, never a stack. */
import type { ApiProblem } from "../api/problem.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import type { ApiRefusal } from "./guard.ts";

/** An error that an operation answers with, with its HTTP status. */
export class ProblemError extends Error {
  readonly refusal: ApiRefusal;
  readonly headers: Readonly<Record<string, string>>;

  constructor(refusal: ApiRefusal, headers: Readonly<Record<string, string>> = {}) {
    super(`expected ${refusal.expected}, got ${refusal.got}`);
    this.refusal = refusal;
    this.headers = headers;
  }
}

/** The status of the command line's errors that are not simply a wrong request. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  "run-in-progress": 409,
  "too-many-runs": 409,
  "nothing-to-stop": 409,
  "kill-switch": 423,
  "not-a-run-folder": 422,
  "evidence-malformed": 422,
  "evidence-corrupt-line": 422,
  "evidence-line-too-long": 422,
  "not-a-regular-file": 422,
};

export interface Problem500 {
  readonly problem: ApiProblem;
  /** What was thrown, if it was a bug, for the server's own log. */
  readonly bug: unknown;
}

/** Returns the problem for anything that was thrown. Whatever is no GamedayError is a bug: 500, without its text. */
export function problemOf(thrown: unknown, requestId: string): Problem500 {
  if (thrown instanceof ProblemError) return { problem: ofRefusal(thrown.refusal, requestId), bug: null };
  if (thrown instanceof GamedayError) return { problem: ofError(thrown, requestId), bug: null };
  const refusal = {
    status: 500,
    code: "bug",
    expected: "an answer",
    got: "an error in the server itself",
    hint: "its log has the details, under the request's id",
  };
  return { problem: ofRefusal(refusal, requestId), bug: thrown };
}

export function ofRefusal({ status, code, expected, got, hint }: ApiRefusal, requestId: string): ApiProblem {
  return {
    type: `urn:gameday:problem:${code}`,
    title: code.replaceAll("-", " "),
    status,
    code,
    detail: `expected ${expected}, got ${got}`,
    ...(hint !== undefined && { hint }),
    requestId,
  };
}

function ofError(error: GamedayError, requestId: string): ApiProblem {
  const status = STATUS_OF_CODE[error.code] ?? (error.exitCode === ExitCode.notReady ? 409 : 422);
  const { code, expected, got, hint, place } = error;
  const refusal = { status, code, expected, got, ...(hint !== undefined && { hint }) };
  return { ...ofRefusal(refusal, requestId), ...(place !== undefined && { where: place }) };
}
