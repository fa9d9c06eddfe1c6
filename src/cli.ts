/**
 * The command line: one file per command in cli/. A command sees the outside only through the World it is given, so that
 * tests can run any command with streams, environment and signals of their own.
 */
import type { Owner } from "./evidence/writer.ts";

export type InterruptSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

export interface World {
  readonly argv: readonly string[];
  /** What starts this program again: the node executable and the launcher. */
  readonly self: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly pid: number;
  /** Effective user id; 0 is root. */
  readonly uid: number;
  /** Who called, also under sudo; null when that is the effective user. */
  readonly owner: Owner | null;
  readonly version: string;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Wall-clock time now; for names and records only, never for measuring. */
  now(): Date;
  /** Calls back at SIGINT, SIGTERM and SIGHUP until disposed. */
  onInterrupt(callback: (signal: InterruptSignal) => void): Disposable;
  /** Calls back with what nobody caught, instead of ending the process, until disposed; the last one to ask is called. */
  onCrash(callback: (thrown: unknown) => void): Disposable;
  /** Sends SIGINT to another process; the kernel decides whether that is allowed. Throws its error when it is not. */
  interrupt(pid: number): void;
  /** The exit code that the process will end with; the last one set counts. */
  setExitCode(code: number): void;
  /** Ends the process at once; for a state that nobody can go on from. */
  exit(code: number): void;
}

export interface OutputStream {
  readonly isTTY: boolean;
  readonly columns: number;
  write(text: string): void;
}
