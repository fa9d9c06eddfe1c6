/** The file of --json. */
import { appendFileSync, closeSync, constants, openSync, statSync, writeFileSync } from "node:fs";
import { GamedayError, systemReason } from "../../std/errors.ts";

/**
 * The file of --json. It is opened before the load, so that an unwritable file is reported at once; its content stays until
 * the load is over. "-" is the standard output. A pipe is held open, because its reader would mistake the first close for the
 * end.
 */
export class SummaryFile implements Disposable {
  readonly path: string;
  readonly #pipe: number | null = null;

  constructor(path: string) {
    this.path = path;
    if (this.isOutput) return;
    if (statSync(path, { throwIfNoEntry: false })?.isFIFO() === true) this.#pipe = openPipe(path);
    else writing("--json", path, () => appendFileSync(path, ""));
  }

  /** True for the standard output. Opened by name, /dev/stdout would be truncated if it is a file. */
  get isOutput(): boolean {
    return this.path === "-" || this.path === "/dev/stdout";
  }

  write(text: string): void {
    if (this.#pipe !== null) closeSync(openPipe(this.path)); // otherwise the write would wait for a new reader if the old one is gone
    writing("--json", this.path, () => writeFileSync(this.path, text));
  }

  [Symbol.dispose](): void {
    if (this.#pipe !== null) closeSync(this.#pipe);
  }
}

/** Opens a pipe for writing; throws at once if nobody reads it. */
function openPipe(path: string): number {
  return writing("--json", path, () => openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
}

function writing<T>(flag: string, path: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    throw notWritten(flag, path, cause);
  }
}

function notWritten(flag: string, path: string, cause: unknown): GamedayError {
  const expected = `to write ${path === "" ? '""' : path}, which ${flag} names`;
  return new GamedayError({ code: "cannot-write", expected, got: systemReason(cause), cause });
}
