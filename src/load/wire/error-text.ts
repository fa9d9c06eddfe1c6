/** Serializes a GamedayError for transport between processes. */
import { type ExitCode, GamedayError, messageOf, type Place } from "../../std/errors.ts";

export interface ErrorText {
  readonly code: string;
  readonly expected: string;
  readonly got: string;
  readonly hint: string | null;
  readonly place: Place | null;
  readonly exitCode: ExitCode | null;
}

export function errorText(thrown: unknown): ErrorText {
  if (!(thrown instanceof GamedayError)) {
    return {
      code: "worker-failed",
      expected: "a worker that runs",
      got: messageOf(thrown),
      hint: null,
      place: null,
      exitCode: null,
    };
  }
  return {
    code: thrown.code,
    expected: thrown.expected,
    got: thrown.got,
    hint: thrown.hint ?? null,
    place: thrown.place ?? null,
    exitCode: thrown.exitCode,
  };
}

export function fromErrorText(text: ErrorText): GamedayError {
  return new GamedayError({
    code: text.code,
    expected: text.expected,
    got: text.got,
    ...(text.hint === null ? {} : { hint: text.hint }),
    ...(text.place === null ? {} : { place: text.place }),
    ...(text.exitCode === null ? {} : { exitCode: text.exitCode }),
  });
}
