import { ExitCode, GamedayError, messageOf } from "../std/errors.ts";

/** Describes an unforeseen error so that a person can report it. */
export function describeBug(thrown: unknown): string {
  const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return `gameday: a bug in gameday itself, please report it:\n${detail}\n`;
}

/**
 * Returns the reason with which a run is stopped because of a bug; the run still winds down gracefully and heals its faults
 * first.
 */
export function bugError(thrown: unknown): GamedayError {
  return new GamedayError({
    code: "bug",
    expected: "gameday to continue",
    got: messageOf(thrown),
    exitCode: ExitCode.bug,
    cause: thrown,
  });
}
