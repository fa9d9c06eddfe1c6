/**
 * Writes requests.csv while the load lasts. One write is under way at a time; whoever gives a batch learns when it is on disk, and gives
 * no more than may wait. The file holds whole lines only, whatever happens: a write that fails is cut off again, and is the last one.
 */
import { type FileHandle, open } from "node:fs/promises";
import { type RequestBatch, requestsIn } from "../../load/count/request-batch.ts";
import { systemReason } from "../../std/errors.ts";
import { CSV_HEAD, type CsvContext, csvOf } from "./csv.ts";

/** The part of a file that is needed here; tests give a slow or a full one. */
export interface RequestsDisk {
  /** Writes at `position` and returns how many bytes were written. */
  write(bytes: Buffer, position: number): Promise<number>;
  truncate(bytes: number): Promise<void>;
  close(): Promise<void>;
}

interface OpenedDisk {
  readonly disk: RequestsDisk;
  /** The size of the file; it is not 0 if a coordinator that was killed has begun it. */
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
  /** Why the file ended early; null while it has not. */
  #failure: string | null = null;
  #isClosed = false;
  /** Requests that are in no line. */
  #lost = 0;
  #written = 0;

  constructor(context: CsvContext, opens: () => Promise<OpenedDisk>) {
    this.#context = context;
    this.#open = opens;
  }

  /** Resolves when the batch is on disk, or will never be. */
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

  /** Returns what is missing from the file, in words; null if nothing is. */
  get missing(): string | null {
    if (this.#failure !== null)
      return `requests.csv ended early, after ${this.#written} requests (${this.#failure}); ${this.#lost} more are not in it`;
    if (this.#lost === 0) return null;
    return `requests.csv has ${this.#written} requests; ${this.#lost} more are not in it, because the disk was slower than the load`;
  }

  /** Ends the file of a load that has ended; one without requests has its head. */
  async finish(signal: AbortSignal): Promise<void> {
    if (!this.#isClosed) this.#writing ??= this.#writeAll();
    await this.close(signal);
  }

  /**
   * Ends the file after what is pending; after the write that is under way when `signal` is aborted. Makes no file if no request was
   * taken: the load has not begun then, and its folder may be that of somebody else.
   */
  async close(signal: AbortSignal): Promise<void> {
    if (this.#isClosed) return;
    await Promise.race([this.#writing, aborted(signal)]);
    this.#isClosed = true;
    this.#giveUp();
    await this.#writing; // a write that is under way must not change a file that is sealed
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

  /** Appends whole lines. When that fails, cuts off what was written of them, and throws. */
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
 * Opens a new file. If the coordinator that began it was killed, goes on after its last whole line; the folder was checked before, so
 * that the file cannot be that of another run.
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
