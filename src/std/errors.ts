/**
 * The only family of errors that is shown to people. Any other error that reaches main.ts is a bug (exit code 70). The message
 * says what was expected and what was found; the hint says what to do.
 */

/** Exit codes of the command; each has one meaning. */
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

/** The place in a file that an error is about; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface Complaint {
  /** A stable, machine-readable name in kebab-case: "plan-unknown-key". */
  readonly code: string;
  readonly expected: string;
  readonly got: string;
  readonly hint?: string;
  readonly place?: Place;
  readonly exitCode?: ExitCode;
  readonly cause?: unknown;
  /** Set when no later attempt can succeed, because what it needs is gone for good: whoever waits and tries again gives up. */
  readonly isFinal?: boolean;
}

export class GamedayError extends Error {
  override readonly name = "GamedayError";
  readonly code: string;
  readonly expected: string;
  readonly got: string;
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  readonly place: Place | undefined;
  readonly isFinal: boolean;
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
    this.isFinal = complaint.isFinal ?? false;
  }

  /** Returns the same error with its place, for a caller that knows where the faulty value came from. */
  at(place: Place): GamedayError {
    return new GamedayError({ ...this.#complaint, place });
  }

  /** Returns the same error with the exit code that suits the context. */
  withExitCode(exitCode: ExitCode): GamedayError {
    return new GamedayError({ ...this.#complaint, exitCode });
  }

  /** Returns the whole error as a person reads it, at most three lines. */
  describe(): string {
    const where = this.place === undefined ? "" : `${formatPlace(this.place)}: `;
    const hint = this.hint === undefined ? "" : `\n  hint: ${this.hint}`;
    return `${where}${this.message} [${this.code}]${hint}`;
  }
}

/** Returns whether an error of ours has one of these codes. */
export function hasCode(thrown: unknown, ...codes: readonly string[]): boolean {
  return thrown instanceof GamedayError && codes.includes(thrown.code);
}

/** Returns `file:line:column`, without the parts that are unknown. */
export function formatPlace(place: Place): string {
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(":");
}

/** Returns the message of anything that was thrown; never throws. */
export function messageOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return String(thrown.message);
    if (typeof thrown !== "object" || thrown === null) return String(thrown);
    return "message" in thrown ? String(thrown.message) : (JSON.stringify(thrown) ?? String(thrown));
  } catch {
    return "a value that cannot be printed";
  }
}

const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EISDIR: "a folder, not a file",
  ENOTDIR: "a file where a folder should be",
  EEXIST: "something with that name already exists",
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "a read-only file system",
  ENOSPC: "no space left on the disk",
  EMFILE: "too many open files",
  ENXIO: "a pipe without a reader",
  EPIPE: "a pipe whose reader has gone",
};

/** Returns the system's reason for a failure in words; for any other error its message. */
export function systemReason(thrown: unknown): string {
  return SYSTEM_REASONS[systemCode(thrown)] ?? messageOf(thrown);
}

/** Returns whether the system refused for lack of a permission. */
export function isForbidden(thrown: unknown): boolean {
  return ["EACCES", "EPERM"].includes(systemCode(thrown));
}

function systemCode(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
}
