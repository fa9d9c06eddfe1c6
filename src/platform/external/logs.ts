/** The logs that a plan declares: for a file, what was added to it during the run; for a command, what it prints. */
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ExitCode, GamedayError, messageOf } from "../../std/errors.ts";
import { tryExec } from "../../std/exec.ts";
import { readRange } from "../../std/file-range.ts";
import type { LogConfig } from "./config.ts";

/** The most bytes that are kept of each log, counted from its end. */
const LOG_BYTES_MAX = 4 << 20;
const COMMAND_MS_MAX = 60_000;

/** Two times in ISO 8601, UTC. */
export interface IsoSpan {
  readonly from: string;
  readonly to: string;
}

export class DeclaredLogs {
  readonly #logs: readonly LogConfig[];
  readonly #folder: string;
  readonly #sizes = new Map<string, number>();

  /** Relative files are resolved against `folder`. */
  constructor(logs: readonly LogConfig[], folder: string) {
    this.#logs = logs;
    this.#folder = folder;
  }

  /** Marks the beginning of the run: only what is added to the files from now on is kept. */
  begin(): void {
    for (const log of this.#logs) if ("file" in log) this.#sizes.set(log.name, sizeOf(this.#path(log.file)) ?? 0);
  }

  /** Writes each log to a file of its own, then throws one error that names all logs that could not be read. */
  async copy(folder: string, span: IsoSpan, signal: AbortSignal): Promise<void> {
    if (this.#logs.length === 0) return;
    mkdirSync(folder, { recursive: true });
    const missing: string[] = [];
    for (const log of this.#logs) {
      try {
        writeFileSync(join(folder, `${log.name}.log`), await this.#read(log, span, signal));
      } catch (trouble) {
        signal.throwIfAborted();
        missing.push(`${log.name}: ${messageOf(trouble)}`);
      }
    }
    if (missing.length > 0) throw notCollected(missing);
  }

  async #read(log: LogConfig, span: IsoSpan, signal: AbortSignal): Promise<Buffer | string> {
    if ("command" in log) return await printed(log.command, span, this.#folder, signal);
    const path = this.#path(log.file);
    const size = sizeOf(path);
    if (size === null) throw new Error(`there is no file ${path}`);
    const known = this.#sizes.get(log.name) ?? 0;
    const begin = known > size ? 0 : known; // the file was rotated, so all of the new file belongs to the run
    return readRange(path, Math.max(begin, size - LOG_BYTES_MAX), size);
  }

  #path(file: string): string {
    return resolve(this.#folder, file);
  }
}

/** Returns the output of both streams, because many programs write their log to standard error. */
async function printed(
  command: readonly string[],
  span: IsoSpan,
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  const argv = command.map((word) => word.replaceAll("{from}", span.from).replaceAll("{to}", span.to));
  const limits = { deadlineMs: COMMAND_MS_MAX, outputBytesMax: 0, tailBytesMax: LOG_BYTES_MAX };
  const { code, signal: killedBy, tail, tailIsCut } = await tryExec(argv, { signal, cwd: folder, ...limits });
  if (code === 0) return tailIsCut ? `[the beginning is left out: this is the end of the log]\n${tail}` : tail;
  throw new Error(`"${argv.join(" ")}" ended with ${killedBy ?? `exit ${code}`}: ${tail.trim().slice(-300)}`);
}

function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}

function notCollected(missing: readonly string[]): GamedayError {
  return new GamedayError({
    code: "external-logs",
    expected: "every declared log to be available",
    got: missing.join("; "),
    exitCode: ExitCode.notReady,
  });
}
