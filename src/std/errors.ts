/**
 * The one family of errors that a person may see. Everything else that reaches main.ts is a bug (exit 70).
 * The message says what was expected and what was seen; the hint says what to do.
 */

/** Exit codes of the command, one meaning each. */
export const ExitCode = {
  pass: 0,
  fail: 1,
  unknown: 2,
  usage: 3,
  notReady: 4,
  residue: 5,
  bug: 70,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Where in a file a complaint belongs; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface Complaint {
  /** Stable machine-readable name, kebab-case: "plan-unknown-key". */
  readonly code: string;
  readonly expected: string;
  readonly got: string;
  readonly hint?: string;
  readonly place?: Place;
  readonly exitCode?: ExitCode;
  readonly cause?: unknown;
}

export class GamedayError extends Error {
  override readonly name = "GamedayError";
  readonly code: string;
  readonly expected: string;
  readonly got: string;
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  readonly place: Place | undefined;
  readonly #complaint: Complaint;

  constructor(complaint: Complaint) {
    super(`expected ${complaint.expected}, got ${complaint.got}`, { cause: complaint.cause });
    this.#complaint = complaint;
    this.code = complaint.code;
    this.expected = complaint.expected;
    this.got = complaint.got;
    this.exitCode = complaint.exitCode ?? ExitCode.usage;
    this.hint = complaint.hint;
    this.place = complaint.place;
  }

  /** The same complaint, with its place; for a reader that knows where what it handed on came from. */
  at(place: Place): GamedayError {
    return new GamedayError({ ...this.#complaint, place });
  }

  /** The same complaint with the exit code that fits where it came up. */
  withExitCode(exitCode: ExitCode): GamedayError {
    const { code, expected, got, hint, place, cause } = this;
    return new GamedayError({
      code,
      expected,
      got,
      exitCode,
      cause,
      ...(hint !== undefined && { hint }),
      ...(place !== undefined && { place }),
    });
  }

  /** The whole complaint as a person reads it, at most three lines. */
  describe(): string {
    const where = this.place === undefined ? "" : `${formatPlace(this.place)}: `;
    const hint = this.hint === undefined ? "" : `\n  hint: ${this.hint}`;
    return `${where}${this.message} [${this.code}]${hint}`;
  }
}

/** `file:line:column`, leaving out what is not known. */
export function formatPlace(place: Place): string {
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(":");
}

/** The message of anything that was thrown; never throws itself. */
export function messageOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return String(thrown.message);
    if (typeof thrown !== "object" || thrown === null) return String(thrown);
    return "message" in thrown ? String(thrown.message) : (JSON.stringify(thrown) ?? String(thrown));
  } catch {
    return "something that cannot be said";
  }
}

const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EISDIR: "a folder, not a file",
  ENOTDIR: "a file where a folder should be",
  EEXIST: "something of that name there already",
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "a read-only file system",
  ENOSPC: "no space left on the disk",
  EMFILE: "too many open files",
  ENXIO: "a pipe that nobody reads",
  EPIPE: "a pipe that nobody reads any more",
};

/** Why the system did not do it, in words; for an error of another kind its message. */
export function systemReason(thrown: unknown): string {
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  return SYSTEM_REASONS[code] ?? messageOf(thrown);
}
