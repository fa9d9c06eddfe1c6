import {
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { LoadOptions } from "../../load.ts";
import { GamedayError, systemReason } from "../../std/errors.ts";
import { NdjsonWriter } from "../../std/ndjson.ts";

export type LoadListener = Pick<LoadOptions, "onInterval" | "onOperation" | "onEvent">;

/** What is written reaches the files after at most this time, even if we are killed: workers report each second. */
const FLUSH_MS = 500;

/** --out: a folder with everything that was recorded, one line each. A restarted coordinator adds files beside the old ones. */
export class OutputFiles implements Disposable {
  readonly #writers = new Map<string, NdjsonWriter>();
  readonly #folder: string;
  readonly #timer: NodeJS.Timeout | null = null;
  #trouble: GamedayError | null = null;
  #onTrouble: (trouble: GamedayError) => void = () => undefined;

  constructor(folder: string | undefined) {
    this.#folder = folder ?? "";
    if (folder === undefined) return;
    writing("--out", folder, () => {
      mkdirSync(folder, { recursive: true });
      for (const name of ["intervals", "history", "timeline"])
        this.#writers.set(name, new NdjsonWriter(freeName(folder, name)));
    });
    this.#timer = setInterval(() => this.flush(), FLUSH_MS);
    this.#timer.unref();
  }

  /** Calls back once if something cannot be written (a full disk); nothing is written from then on. */
  onTrouble(callback: (trouble: GamedayError) => void): void {
    this.#onTrouble = callback;
  }

  /** Writes everything that is pending to the files. */
  flush(): void {
    for (const writer of this.#writers.values()) this.#guard(() => writer.flush());
  }

  write(name: string, value: unknown): void {
    this.#guard(() => this.#writers.get(name)?.write(value));
  }

  /** Returns a listener that passes everything on to `listener`, and also writes it to the files. */
  besides(listener: LoadListener): LoadListener {
    return {
      onInterval: (interval) => {
        listener.onInterval(interval);
        this.write("intervals", interval);
      },
      onOperation: (operation) => {
        listener.onOperation(operation);
        this.write("history", operation);
      },
      onEvent: (event) => {
        listener.onEvent(event);
        this.write("timeline", event);
      },
    };
  }

  [Symbol.dispose](): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    for (const writer of this.#writers.values()) this.#guard(() => writer.close());
  }

  #guard(write: () => void): void {
    if (this.#trouble !== null) return;
    try {
      write();
    } catch (cause) {
      this.#trouble = notWritten("--out", this.#folder, cause);
      this.#onTrouble(this.#trouble);
    }
  }
}

function freeName(folder: string, name: string): string {
  for (let part = 1; ; part++) {
    const file = join(folder, part === 1 ? `${name}.ndjson` : `${name}-${part}.ndjson`);
    if (!existsSync(file)) return file;
  }
}

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
