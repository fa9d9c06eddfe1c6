/**
 * The command line has one file per command in cli/. A command reaches the outside only through the World that it is given, so
 * that tests can run any command with streams, environment and signals of their own.
 */
import type { Owner } from "./evidence/writer.ts";

export type InterruptSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

export interface World {
  readonly argv: readonly string[];
  /** The command that starts this program again: the node executable and the launcher. */
  readonly self: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly pid: number;
  /** The effective user id; 0 is root. */
  readonly uid: number;
  /** The user who called the program, also under sudo; null if that is the effective user. */
  readonly owner: Owner | null;
  readonly version: string;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Returns the wall-clock time; for names and records only, never for measuring. */
  now(): Date;
  /** Calls back at SIGINT, SIGTERM and SIGHUP until disposed. */
  onInterrupt(callback: (signal: InterruptSignal) => void): Disposable;
  /**
   * Calls back with an uncaught error, instead of letting it end the process, until disposed. Only the latest callback is
   * called.
   */
  onCrash(callback: (thrown: unknown) => void): Disposable;
  /** Sends SIGINT to another process. Throws the system's error when the kernel does not allow it. */
  interrupt(pid: number): void;
  /** Returns whether a process with this number exists, whoever owns it. */
  isAlive(pid: number): boolean;
  /** Sets the exit code that the process will end with; the last call counts. */
  setExitCode(code: number): void;
  /** Ends the process at once, for a state from which it cannot continue. */
  exit(code: number): void;
}

export interface OutputStream {
  readonly isTTY: boolean;
  readonly columns: number;
  write(text: string): void;
}
