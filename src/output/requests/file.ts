/**
 * Writes requests.csv while the load lasts, with one write at a time. The caller is informed when each batch is on disk, and limits how
 * many batches wait. The file always ends with a whole line: when a write fails, what it wrote is removed, and nothing more is written.
 */
import { type FileHandle, open } from "node:fs/promises";
import { type RequestBatch, requestsIn } from "../../load/count/request-batch.ts";
import { systemReason } from "../../std/errors.ts";
import { CSV_HEAD, type CsvContext, csvOf } from "./csv.ts";

/** The operations of a file that are needed here. Tests pass a slow disk or a full one. */
export interface RequestsDisk {
  /** Writes at `position` and returns how many bytes were written. */
  write(bytes: Buffer, position: number): Promise<number>;
  truncate(bytes: number): Promise<void>;
  close(): Promise<void>;
}

interface OpenedDisk {
  readonly disk: RequestsDisk;
  /** The size of the file in bytes. It is above 0 if another coordinator began the file and was killed. */
  readonly bytes: number;
}

interface Waiting {
  readonly batch: RequestBatch;
  readonly done: () => void;
}

export class RequestsFile {
  readonly #context: CsvContext;
  readonly #open: () => Promise<OpenedDisk>;
  readonly #waiting: Waiting[] = [];
  #disk: RequestsDisk | null = null;
  #bytes = 0;
  #writing: Promise<void> | null = null;
  /** The reason why the file ended early; null if it has not. */
  #failure: string | null = null;
  #isClosed = false;
  /** The number of requests that have no line. */
  #lost = 0;
  #written = 0;

  constructor(context: CsvContext, opens: () => Promise<OpenedDisk>) {
    this.#context = context;
    this.#open = opens;
  }

  /** Resolves when the batch is on disk, or when it is certain that it will not be written. */
  take(batch: RequestBatch): Promise<void> {
    this.#lost += batch.lost;
    if (this.#failure !== null || this.#isClosed) {
      this.#lost += requestsIn(batch);
      return Promise.resolve();
    }
    return new Promise((done) => {
      this.#waiting.push({ batch, done });
      this.#writing ??= this.#writeAll();
    });
  }

  /** Describes what is missing from the file; null if nothing is. */
  get missing(): string | null {
    if (this.#failure !== null)
      return `requests.csv ended early, after ${this.#written} requests (${this.#failure}); ${this.#lost} more are not in it`;
    if (this.#lost === 0) return null;
    return `requests.csv has ${this.#written} requests; ${this.#lost} more are not in it, because they could not be written as fast as they were made`;
  }

  /** Ends the file when the load has ended. The file of a load without requests contains only the names of the columns. */
  async finish(signal: AbortSignal): Promise<void> {
    if (!this.#isClosed) this.#writing ??= this.#writeAll();
    await this.close(signal);
  }

  /**
   * Ends the file after everything that is pending, or after the current write when `signal` is aborted. Does not create the file if
   * there was no request: the load may not have begun, and the folder may belong to another run.
   */
  async close(signal: AbortSignal): Promise<void> {
    if (this.#isClosed) return;
    await Promise.race([this.#writing, aborted(signal)]);
    this.#isClosed = true;
    this.#giveUp();
    await this.#writing; // the current write must not change the file after it is sealed
    await this.#disk?.close();
  }

  async #writeAll(): Promise<void> {
    try {
      if (this.#disk === null) await this.#begin();
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        await this.#write(next);
        next.done();
      }
    } catch (thrown) {
      this.#failure = systemReason(thrown);
      this.#giveUp();
    }
    this.#writing = null;
  }

  async #write({ batch, done }: Waiting): Promise<void> {
    try {
      await this.#append(csvOf(batch, this.#context));
      this.#written += requestsIn(batch);
    } catch (thrown) {
      this.#lost += requestsIn(batch);
      done();
      throw thrown;
    }
  }

  async #begin(): Promise<void> {
    const { disk, bytes } = await this.#open();
    this.#disk = disk;
    this.#bytes = bytes;
    if (bytes === 0) await this.#append(CSV_HEAD);
  }

  /** Appends whole lines. If that fails, removes the part that was written, and throws. */
  async #append(lines: string): Promise<void> {
    const disk = this.#disk;
    if (disk === null) return;
    const bytes = Buffer.from(lines, "utf8");
    try {
      for (let from = 0; from < bytes.length; ) {
        const size = await disk.write(bytes.subarray(from), this.#bytes + from);
        if (size === 0) throw new Error("no more can be written");
        from += size;
      }
      this.#bytes += bytes.length;
    } catch (thrown) {
      await disk.truncate(this.#bytes).catch(() => undefined); // the error of the write is reported
      throw thrown;
    }
  }

  /** Counts everything that waits as lost. */
  #giveUp(): void {
    for (const { batch, done } of this.#waiting.splice(0)) {
      this.#lost += requestsIn(batch);
      done();
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

const LAST_LINE_BYTES = 1 << 16;
const LINE_END = 10;

/**
 * Creates the file, or continues after the last whole line if another coordinator of this run began it and was killed. The caller has
 * checked that the folder does not hold another run.
 */
export async function openRequestsFile(path: string): Promise<OpenedDisk> {
  try {
    return { disk: diskOf(await open(path, "wx", 0o644)), bytes: 0 };
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
  }
  const file = await open(path, "r+");
  const bytes = await wholeLinesOf(file);
  await file.truncate(bytes);
  return { disk: diskOf(file), bytes };
}

/** Returns the size of a file up to the end of its last whole line. */
async function wholeLinesOf(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  const from = Math.max(0, size - LAST_LINE_BYTES);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
  return from + buffer.subarray(0, bytesRead).lastIndexOf(LINE_END) + 1;
}

function diskOf(file: FileHandle): RequestsDisk {
  return {
    write: async (bytes, position) => (await file.write(bytes, 0, bytes.length, position)).bytesWritten,
    truncate: (bytes) => file.truncate(bytes),
    close: () => file.close(),
  };
}
