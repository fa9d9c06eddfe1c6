import { ExitCode, GamedayError, messageOf } from "../std/errors.ts";

/** What nobody foresaw, as a person can report it. */
export function describeBug(thrown: unknown): string {
  const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return `gameday: a bug in gameday itself, please report it:\n${detail}\n`;
}

/** The reason to end a run for, that is wound down in good order all the same: faults are healed first. */
export function bugError(thrown: unknown): GamedayError {
  return new GamedayError({
    code: "bug",
    expected: "gameday to go on",
    got: messageOf(thrown),
    exitCode: ExitCode.bug,
    cause: thrown,
  });
}
