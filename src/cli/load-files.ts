import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GamedayError, systemReason } from "../std/errors.ts";
import { NdjsonWriter } from "../std/ndjson.ts";

/** What is written is in the files after so long, also when we are killed: workers tell each second. */
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

  /** Calls back once when something cannot be written (a full disk); nothing is written from then on. */
  onTrouble(callback: (trouble: GamedayError) => void): void {
    this.#onTrouble = callback;
  }

  /** What was written so far is in the files. */
  flush(): void {
    for (const writer of this.#writers.values()) this.#guard(() => writer.flush());
  }

  write(name: string, value: unknown): void {
    this.#guard(() => this.#writers.get(name)?.write(value));
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

/** Writes the file that a flag names; what keeps it from that is the flag's trouble, not a bug. */
export function writeFlagFile(flag: string, file: string, text: string): void {
  writing(flag, file, () => writeFileSync(file, text));
}

/** Found out before the load, not when it is over; what is in the file stays. */
export function demandWritable(flag: string, file: string): void {
  writing(flag, file, () => appendFileSync(file, ""));
}

function writing(flag: string, path: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    throw notWritten(flag, path, cause);
  }
}

function notWritten(flag: string, path: string, cause: unknown): GamedayError {
  const expected = `to write ${path}, which ${flag} names`;
  return new GamedayError({ code: "cannot-write", expected, got: systemReason(cause), cause });
}
