import { createHash } from "node:crypto";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { RunRecord } from "../evidence.ts";
import type { Operation } from "../history.ts";
import type { Interval } from "../interval.ts";
import type { LedgerLine } from "../ledger.ts";
import { ExitCode, GamedayError, systemReason } from "../std/errors.ts";
import { redactedJson } from "../std/json.ts";
import { NdjsonWriter } from "../std/ndjson.ts";
import { entriesBelow, type FileOwner, giveTo } from "../std/regular-file.ts";
import type { TimelineEvent, WrittenFile } from "../timeline.ts";
import { HISTORY_FILE, INTERVALS_FILE, LEDGER_FILE, PLAN_FILE, RUN_FILE, TIMELINE_FILE } from "./files.ts";
import { measure } from "./seal.ts";

/** The future owner of the run folder: the user who started the tool, also under sudo. */
export type Owner = FileOwner;

export interface WriterOptions {
  readonly folder: string;
  readonly run: RunRecord;
  readonly planText: string;
  /** Redacts secrets in a text; null if the plan has none. */
  readonly redact: ((text: string) => string) | null;
  readonly owner: Owner | null;
  /**
   * "new": the folder must not exist; "given": it may exist, without evidence in it; "resumed": it holds the evidence of the same
   * run, whose writer was killed.
   */
  readonly into?: "new" | "given" | "resumed";
}

/** The only writer of a run folder. It is append-only; `close` flushes the files, and `seal` (seal.ts) makes them evidence. */
export class EvidenceWriter {
  readonly folder: string;
  readonly #texts: Readonly<Record<string, WrittenFile>>;
  readonly #timeline: NdjsonWriter;
  readonly #history: NdjsonWriter;
  readonly #intervals: NdjsonWriter;
  readonly #ledger: NdjsonWriter;
  readonly #watchers: ((event: TimelineEvent) => void)[] = [];
  readonly #operationWatchers: ((operation: Operation) => void)[] = [];
  readonly #intervalWatchers: ((interval: Interval) => void)[] = [];
  #failure: GamedayError | null = null;
  #failureCallback: (failure: GamedayError) => void = () => undefined;

  constructor(options: WriterOptions) {
    this.folder = options.folder;
    const { into = "new" } = options;
    if (into === "new") makeFolder(options.folder);
    const path = (name: string) => join(options.folder, name);
    const open = (name: string) =>
      into === "resumed"
        ? NdjsonWriter.resume(path(name), options.redact)
        : new NdjsonWriter(path(name), options.redact);
    this.#texts = into === "resumed" ? measured(path) : written(path, options);
    this.#timeline = open(TIMELINE_FILE);
    this.#history = open(HISTORY_FILE);
    this.#intervals = open(INTERVALS_FILE);
    this.#ledger = open(LEDGER_FILE);
  }

  /** Writes and flushes an event, after the history. If the tool is killed, both must be in their files up to this event. */
  event(event: TimelineEvent): void {
    this.#guard(() => {
      this.#history.flush();
      this.#timeline.write(event);
      this.#timeline.flush();
    });
    for (const watch of this.#watchers) watch(event);
  }

  operation(operation: Operation): void {
    this.#guard(() => this.#history.write(operation));
    for (const watch of this.#operationWatchers) watch(operation);
  }

  interval(interval: Interval): void {
    this.#guard(() => {
      this.#intervals.write(interval);
      this.#history.flush();
      this.#intervals.flush();
    });
    for (const watch of this.#intervalWatchers) watch(interval);
  }

  /** Writes a ledger line after flushing the history; otherwise a row could seem to have been written by no client. */
  ledger(line: LedgerLine): void {
    this.#guard(() => {
      this.#history.flush();
      this.#ledger.write(line);
      if (line.line === "end") this.#ledger.flush();
    });
  }

  /** Writes the last line of the timeline, with what was written to each file, so that a later removal is detected. */
  conclude(atMs: number): void {
    this.#guard(() => {
      const files = {
        ...this.#texts,
        [HISTORY_FILE]: this.#history.measure(),
        [INTERVALS_FILE]: this.#intervals.measure(),
        [LEDGER_FILE]: this.#ledger.measure(),
        [TIMELINE_FILE]: this.#timeline.measure(),
      };
      this.#timeline.write({ atMs, type: "closed", files } satisfies TimelineEvent);
      this.#timeline.flush();
    });
  }

  /** Returns the error of the first failed write (a full disk). After it, nothing is written and the folder must not be sealed. */
  get failure(): GamedayError | null {
    return this.#failure;
  }

  /** Calls back once, when a write fails. The run must then stop, because nothing is recorded any more. */
  onFailure(callback: (failure: GamedayError) => void): void {
    this.#failureCallback = callback;
  }

  /** Calls back with each operation as it is written, for the stop conditions. */
  onOperation(watch: (operation: Operation) => void): void {
    this.#operationWatchers.push(watch);
  }

  /** Calls back with each interval as it is written, for the live view. */
  onInterval(watch: (interval: Interval) => void): void {
    this.#intervalWatchers.push(watch);
  }

  /** Calls back with each event as it is written, for the live view. */
  onEvent(watch: (event: TimelineEvent) => void): void {
    this.#watchers.push(watch);
  }

  /** Flushes all lines to the files, so that a reader sees them. */
  flush(): void {
    for (const file of [this.#timeline, this.#history, this.#intervals, this.#ledger]) this.#guard(() => file.flush());
  }

  close(): void {
    for (const file of [this.#timeline, this.#history, this.#intervals, this.#ledger]) this.#guard(() => file.close());
  }

  #guard(write: () => void): void {
    if (this.#failure !== null) return;
    try {
      write();
    } catch (cause) {
      this.#failure = notWritten(this.folder, cause);
      this.#failureCallback(this.#failure);
    }
  }
}

type PathOf = (name: string) => string;

/** Writes run.json and plan.yaml. */
function written(path: PathOf, { redact: given, run, planText }: WriterOptions): Record<string, WrittenFile> {
  const redact = given ?? ((text) => text);
  const write = (name: string, text: string): WrittenFile => {
    writeFileSync(path(name), text, { flag: "wx" });
    return { bytes: Buffer.byteLength(text), sha256: createHash("sha256").update(text).digest("hex") };
  };
  return {
    [RUN_FILE]: write(RUN_FILE, `${redactedJson({ ...run, closes: true }, redact, 2)}\n`),
    [PLAN_FILE]: write(PLAN_FILE, redact(planText)),
  };
}

/** Measures run.json and plan.yaml, which an earlier writer of the same run has written. */
function measured(path: PathOf): Record<string, WrittenFile> {
  return Object.fromEntries([RUN_FILE, PLAN_FILE].map((name) => [name, measure(path(name))]));
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(dirname(folder), { recursive: true });
    mkdirSync(folder);
  } catch (cause) {
    throw new GamedayError({
      code: "run-folder",
      expected: `to make the run folder ${folder}`,
      got: systemReason(cause),
      hint: "give --out a new folder in a place where you may write",
      exitCode: ExitCode.usage,
      cause,
    });
  }
}

function notWritten(folder: string, cause: unknown): GamedayError {
  return new GamedayError({
    code: "evidence-not-written",
    expected: `to write evidence to ${folder}`,
    got: systemReason(cause),
    hint: "free some space or give --out a folder on another disk; what was written so far is kept, and is not sealed",
    exitCode: ExitCode.unknown,
    cause,
  });
}

/**
 * Points the link `latest`, beside the run folder, at this run, in one step so that it is never absent. Returns false if that is
 * not possible (no links on the file system, or another file of that name), because a convenience must not prevent a run.
 */
export function pointLatest(folder: string, owner: Owner | null): boolean {
  const temporary = join(dirname(folder), `.latest-${basename(folder)}`);
  giveTo(owner, dirname(folder));
  try {
    symlinkSync(basename(folder), temporary);
    giveTo(owner, temporary);
    renameSync(temporary, join(dirname(folder), "latest"));
    return true;
  } catch {
    rmSync(temporary, { force: true });
    return false;
  }
}

/** Changes the owner of a folder and everything in it; the targets of links keep their owners. */
export function giveAllTo(owner: Owner | null, folder: string): void {
  if (owner === null) return;
  giveTo(owner, folder);
  for (const { path } of entriesBelow(folder)) giveTo(owner, path);
}
