/**
 * An output is where the course of a run goes while it lasts, besides the evidence: a file, a page of metrics, another system. An
 * output only listens. It returns at once, and whatever happens to it never touches the run: what it could not deliver is counted
 * and recorded. `output/catalogue.ts` lists all outputs; adding one means one file and one line there.
 */
import type { Operation } from "./history.ts";
import type { Interval } from "./interval.ts";
import type { RequestBatch } from "./load/count/request-batch.ts";
import type { Second } from "./second.ts";
import type { Clock } from "./std/clock.ts";
import type { TimelineEvent } from "./timeline.ts";
import type { Verdict } from "./verdict.ts";

/** What every output knows about the run that it listens to. */
export interface RunContext {
  readonly runId: string;
  /** The name of the plan; for `gameday load`, that of its first script. */
  readonly plan: string;
  readonly platform: string;
  readonly seed: string;
  /** The wall-clock time at which the run's clock was 0, in milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly clock: Clock;
  readonly version: string;
  /** The run folder; null for a load without --out. */
  readonly folder: string | null;
  /** Says something to the person who started the run, such as the address of a page. */
  readonly say: (text: string) => void;
  /** Redacts the plan's secrets; null if it has none. */
  readonly redact: ((text: string) => string) | null;
}

/** All methods but `requests`, `settle` and `close` return at once. A method that is absent means that the output does not care. */
export interface Output {
  event?(event: TimelineEvent): void;
  interval?(interval: Interval): void;
  operation?(operation: Operation): void;
  /** A row that is new or has changed; of rows about the same second, the last one counts. */
  second?(row: Second): void;
  verdict?(verdict: Verdict): void;
  /**
   * Takes single requests of the users, and resolves when they are delivered or given up. Workers report single requests only if an
   * output has this method, and only so many that are not delivered.
   */
  requests?(batch: RequestBatch): Promise<void>;
  /**
   * Delivers what is pending, before the evidence is closed, and returns what was lost until then, in words; null if nothing was.
   * The caller waits for a short time only.
   */
  settle?(signal: AbortSignal): Promise<string | null>;
  /** Ends the output and frees what it holds. The caller waits for a short time only. */
  close(signal: AbortSignal): Promise<void>;
}

/** A flag of `gameday run` and `gameday load` that belongs to an output. */
export interface OutputFlag {
  /** As commander writes it: "--metrics <address>". */
  readonly flags: string;
  readonly says: string;
  /** True if it may be given several times. */
  readonly isRepeated?: true;
}

export type OutputFlags = Readonly<Record<string, string | readonly string[] | true | undefined>>;

export interface OutputKind {
  readonly name: string;
  readonly says: string;
  readonly flags: readonly OutputFlag[];
  /**
   * Returns the output, or null if it was not asked for. Throws GamedayError if what was asked for is not possible, before the run
   * begins. `env` may hold secrets that a flag must not hold.
   */
  open(
    context: RunContext,
    flags: OutputFlags,
    env: Readonly<Record<string, string | undefined>>,
  ): Promise<Output | null>;
}
