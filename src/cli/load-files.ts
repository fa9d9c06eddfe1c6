import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GamedayError, systemReason } from "../std/errors.ts";
import { NdjsonWriter } from "../std/ndjson.ts";

/** --out: a folder with everything that was recorded, one line each. A restarted coordinator adds files beside the old ones. */
export class OutputFiles implements Disposable {
  readonly #writers = new Map<string, NdjsonWriter>();

  constructor(folder: string | undefined) {
    if (folder === undefined) return;
    writing("--out", folder, () => {
      mkdirSync(folder, { recursive: true });
      for (const name of ["intervals", "history", "timeline"])
        this.#writers.set(name, new NdjsonWriter(freeName(folder, name)));
    });
  }

  /** What was written so far is in the files. */
  flush(): void {
    for (const writer of this.#writers.values()) writer.flush();
  }

  write(name: string, value: unknown): void {
    this.#writers.get(name)?.write(value);
  }

  [Symbol.dispose](): void {
    for (const writer of this.#writers.values()) writer.close();
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
    const expected = `to write ${path}, which ${flag} names`;
    throw new GamedayError({ code: "cannot-write", expected, got: systemReason(cause), cause });
  }
}
