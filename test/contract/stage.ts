/** What the contract of faults needs of a platform, and the platform while the contract is tested. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PlannedFault, planFault } from "../../src/fault/choice.ts";
import type { FaultDeadlines } from "../../src/fault/live-change.ts";
import type { Parameters } from "../../src/fault/parameter.ts";
import type { FaultKind } from "../../src/fault.ts";
import { JournalFile } from "../../src/journal/write.ts";
import type { Selector } from "../../src/plan.ts";
import type { Platform, Residue } from "../../src/platform.ts";
import { type Clock, monotonicClock } from "../../src/std/clock.ts";
import { messageOf } from "../../src/std/errors.ts";
import { seededRandom } from "../../src/std/random.ts";
import { until } from "../../src/std/wait.ts";

/** One row of the track record: what was observed of one kind on this platform. */
export interface FaultRow {
  readonly fault: string;
  /** Parameters that differ from the defaults. */
  readonly with: Parameters;
  readonly targets: readonly string[];
  /** The time from the first command to the last observed bite, and from the end of the hold to the last healing. */
  readonly biteMs: number;
  readonly healMs: number;
  readonly biteWitness: string;
  readonly healWitness: string;
  readonly residue: readonly Residue[];
}

export interface FaultContract {
  /** Starts the platform and returns it healthy; called once. */
  open(clock: Clock): Promise<Platform>;
  /** Kinds that cannot be shown on this platform, each with its reason. */
  readonly skips: Readonly<Record<string, string>>;
  /** The selector and parameters that a plan would give, where the defaults do not work on this platform. */
  readonly given?: Readonly<Record<string, { selector?: Selector; with?: Parameters }>>;
  readonly deadlines?: Partial<FaultDeadlines>;
  /** How long the platform may take to be whole again after each fault. */
  readonly healthyWithinMs: number;
  /** How long each fault is held, so that the platform notices it. */
  readonly holdMs: number;
  record?(row: FaultRow): void;
}

/** The platform of the whole suite, with a journal for each injection. */
export class Stage {
  readonly contract: FaultContract;
  readonly clock = monotonicClock();
  readonly signal = new AbortController().signal;
  #platform: Platform | undefined;
  #folder = "";
  #runs = 0;
  /** Everything that the present test saw, with the time of each, for the message of a failure. */
  #seen: { readonly atMs: number; readonly says: string }[] = [];

  constructor(contract: FaultContract) {
    this.contract = contract;
  }

  async open(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), "gameday-contract-"));
    this.#platform = await this.contract.open(this.clock);
  }

  async close(): Promise<void> {
    await this.#platform?.[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }

  get platform(): Platform {
    assert.ok(this.#platform, "the platform is up");
    return this.#platform;
  }

  faultOf(kind: FaultKind, variant: Parameters = {}): PlannedFault {
    const { selector = {}, with: given } = this.contract.given?.[kind.name] ?? {};
    return planFault(kind, { selector, parameters: { ...given, ...variant }, random: seededRandom("contract") });
  }

  journal(runId: string): Promise<JournalFile> {
    return JournalFile.create(this.#folder, { runId, platform: { kind: this.platform.kind } }, this.clock);
  }

  nextRunId(): string {
    return `contract-${++this.#runs}`;
  }

  /** Plays one test. If it fails, the error says what was expected and seen, and all that happened until then. */
  async play(test: () => Promise<void>): Promise<void> {
    this.#seen = [];
    const fromMs = this.clock.nowMs();
    try {
      await test();
    } catch (thrown) {
      const lines = this.#seen.map(
        ({ atMs, says }) => `  ${((atMs - fromMs) / 1000).toFixed(2).padStart(7)} s  ${says}`,
      );
      throw new Error(`${messageOf(thrown)}\nwhat happened, from the begin of the test:\n${lines.join("\n")}`, {
        cause: thrown,
      });
    }
  }

  note(says: string, atMs: number = this.clock.nowMs()): void {
    if (this.#seen.at(-1)?.says !== says) this.#seen.push({ atMs, says });
  }

  async healthy(): Promise<void> {
    let seen = "";
    await until(
      async () => {
        const bad = (await this.platform.health(this.signal)).filter((line) => !line.ok);
        seen = bad.map((line) => `${line.name}: expected ${line.expected}, got ${line.seen}`).join("; ");
        this.note(seen === "" ? "the platform is healthy" : seen);
        return bad.length === 0;
      },
      {
        what: "a healthy platform",
        deadlineMs: this.contract.healthyWithinMs,
        everyMs: 200,
        signal: this.signal,
        seen: () => seen,
      },
    );
  }
}
