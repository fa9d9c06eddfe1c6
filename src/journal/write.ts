import { constants } from "node:fs";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Healer, Journal, JournalHeader, JournalLine } from "../journal.ts";
import type { Change } from "../platform.ts";
import type { Clock } from "../std/clock.ts";
import { ExitCode, GamedayError, messageOf } from "../std/errors.ts";
import { readJournal } from "./read.ts";

/** The file of a journal, open for appending. Disposing closes it, and deletes it if nothing is left to undo. */
export class JournalFile implements Journal, AsyncDisposable {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #clock: Clock;
  #last: Promise<void> = Promise.resolve();
  #torn = false;

  private constructor(path: string, file: FileHandle, clock: Clock) {
    this.path = path;
    this.#file = file;
    this.#clock = clock;
  }

  /** Creates `<folder>/<run id>.ndjson`; only the owner can read folder and file. Throws GamedayError when the file exists. */
  static async create(folder: string, header: Omit<JournalHeader, "journal">, clock: Clock): Promise<JournalFile> {
    const path = join(folder, `${encodeURIComponent(header.runId)}.ndjson`);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const journal = new JournalFile(path, await open(path, "ax", 0o600), clock);
      await journal.#append({ journal: 1, ...header });
      await syncFolder(folder);
      return journal;
    } catch (cause) {
      throw notWritten(path, cause);
    }
  }

  /** Opens a journal that another process left, in order to record what is undone. First ends a line that a crash has torn. */
  static async reopen(path: string, clock: Clock): Promise<JournalFile> {
    try {
      const file = await open(path, constants.O_RDWR | constants.O_APPEND);
      const { size } = await file.stat();
      const last = Buffer.alloc(1);
      if (size > 0) await file.read(last, 0, 1, size - 1);
      if (size > 0 && last.toString() !== "\n") await file.appendFile("\n");
      return new JournalFile(path, file, clock);
    } catch (cause) {
      throw notWritten(path, cause);
    }
  }

  /** Throws GamedayError when somebody has healed the run and deleted its journal, because nobody would find the entry. */
  async intend(change: Change): Promise<void> {
    if ((await this.#file.stat()).nlink === 0) throw healedAway(this.path);
    await this.#append({ state: "intended", change, expiresAtNs: this.#expiresAtNs(change) });
  }

  reverted(change: Change, by: Healer): Promise<void> {
    return this.#append({ state: "reverted", id: change.id, by });
  }

  healed(change: Change, by: Healer): Promise<void> {
    return this.#append({ state: "healed", id: change.id, by });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
    if (await this.#hasOpenChanges()) return;
    await rm(this.path, { force: true });
    await syncFolder(dirname(this.path));
  }

  /** Returns whether the journal has open changes. A file that another healer has already deleted has none. */
  async #hasOpenChanges(): Promise<boolean> {
    try {
      return (await readJournal(this.path)).open.length > 0;
    } catch (thrown) {
      if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return false;
      throw thrown;
    }
  }

  #expiresAtNs(change: Change): string | null {
    if (change.expiresAfterMs === null) return null;
    const sinceOriginNs = BigInt(Math.round((this.#clock.nowMs() + change.expiresAfterMs) * 1e6));
    return (BigInt(this.#clock.originNs) + sinceOriginNs).toString();
  }

  /** Appends one line after the other, because two experiments may write at the same time. */
  #append(line: JournalLine | JournalHeader): Promise<void> {
    const written = this.#last.then(() => this.#write(`${JSON.stringify(line)}\n`));
    this.#last = written.catch(() => undefined); // its own caller gets the error; the next line is attempted anyway
    return written;
  }

  async #write(line: string): Promise<void> {
    try {
      await this.#file.appendFile(this.#torn ? `\n${line}` : line);
      await this.#file.datasync();
      this.#torn = false;
    } catch (cause) {
      this.#torn = true; // part of the line may be written (full disk); the next line must not be joined to it
      throw notWritten(this.path, cause);
    }
  }
}

/** Syncs a folder, because a new file's name is on the disk only after its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function healedAway(path: string): GamedayError {
  return new GamedayError({
    code: "journal-healed-away",
    expected: `the undo journal ${path} to exist`,
    got: "none: somebody ran `gameday heal` during this run",
    exitCode: ExitCode.notReady,
  });
}

function notWritten(path: string, cause: unknown): GamedayError {
  if (cause instanceof GamedayError) return cause;
  return new GamedayError({
    code: "journal-not-written",
    expected: `to write the undo journal ${path}`,
    got: messageOf(cause),
    hint: "nothing is broken before its undo record is on disk: free some space, or use another state folder",
    exitCode: ExitCode.notReady,
    cause,
  });
}
