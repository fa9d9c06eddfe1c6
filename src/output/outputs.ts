/** Feeds all outputs of a run, and keeps the run safe from them: an output that throws is left out from then on. */
import type { Operation } from "../history.ts";
import type { Interval } from "../interval.ts";
import type { RequestBatch } from "../load/count/request-batch.ts";
import type { Output, OutputFlags, OutputKind, RunContext } from "../output.ts";
import { SecondFold } from "../second/fold.ts";
import { SECOND_MS } from "../second.ts";
import type { Clock } from "../std/clock.ts";
import { messageOf } from "../std/errors.ts";
import type { TimelineEvent } from "../timeline.ts";
import type { Verdict } from "../verdict.ts";

/** How long after the end of a second its row is made: reports of workers need a moment. */
const ROW_LATE_MS = 100;
/** How long the end of a run waits for its outputs. */
const SETTLE_MS_MAX = 2_000;

interface Listening {
  readonly name: string;
  readonly output: Output;
  /** Why it is left out; null while it takes part. */
  failure: string | null;
}

/** The source of what the outputs hear: the evidence writer of a run. */
export interface EvidenceSource {
  onEvent(watch: (event: TimelineEvent) => void): void;
  onInterval(watch: (interval: Interval) => void): void;
  onOperation(watch: (operation: Operation) => void): void;
}

export class Outputs implements AsyncDisposable {
  readonly #listening: readonly Listening[];
  readonly #fold = new SecondFold();
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(clock: Clock, named: readonly (readonly [name: string, output: Output])[]) {
    this.#clock = clock;
    this.#listening = named.map(([name, output]) => ({ name, output, failure: null }));
    this.#wait();
  }

  /** Opens all outputs that were asked for. Throws GamedayError if one of them cannot be opened; the others are closed then. */
  static async open(kinds: readonly OutputKind[], context: RunContext, given: Given): Promise<Outputs> {
    const opened: (readonly [string, Output])[] = [];
    try {
      for (const kind of kinds) {
        const output = await kind.open(context, given.flags, given.env);
        if (output !== null) opened.push([kind.name, output]);
      }
    } catch (thrown) {
      for (const [, output] of opened) await output.close(AbortSignal.timeout(SETTLE_MS_MAX)).catch(() => undefined);
      throw thrown;
    }
    return new Outputs(context.clock, opened);
  }

  listenTo(source: EvidenceSource): void {
    source.onEvent((event) => this.event(event));
    source.onInterval((interval) => this.interval(interval));
    source.onOperation((operation) => this.operation(operation));
  }

  event(event: TimelineEvent): void {
    this.#fold.event(event);
    this.#each(({ output }) => output.event?.(event));
  }

  interval(interval: Interval): void {
    this.#fold.interval(interval);
    this.#each(({ output }) => output.interval?.(interval));
  }

  operation(operation: Operation): void {
    this.#fold.operation(operation);
    this.#each(({ output }) => output.operation?.(operation));
  }

  /** What a load calls with single requests; undefined when no output asks for them. */
  get onRequests(): ((batch: RequestBatch) => Promise<void>) | undefined {
    const wanting = this.#listening.filter(({ output }) => output.requests !== undefined);
    if (wanting.length === 0) return undefined;
    return async (batch) => void (await Promise.all(wanting.map((one) => given(one, batch))));
  }

  verdict(verdict: Verdict): void {
    this.#each(({ output }) => output.verdict?.(verdict));
  }

  /** Delivers what is pending and returns what was lost, a sentence for each output; it takes 2 s at most. */
  async settle(): Promise<string[]> {
    this.#stop();
    this.#tell(this.#fold.take(Math.ceil(this.#clock.nowMs() / SECOND_MS) * SECOND_MS));
    const signal = AbortSignal.timeout(SETTLE_MS_MAX);
    const lost = await Promise.all(this.#listening.map((one) => this.#settled(one, signal)));
    return lost.flatMap((says) => (says === null ? [] : [says]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stop();
    const signal = AbortSignal.timeout(SETTLE_MS_MAX);
    const closing = this.#listening.map(async ({ output }) => await output.close(signal));
    await Promise.race([Promise.allSettled(closing), aborted(signal)]);
  }

  async #settled(one: Listening, signal: AbortSignal): Promise<string | null> {
    const { name, output } = one;
    if (one.failure !== null) return `output ${name} was dropped: ${one.failure}`;
    try {
      const lost = (await Promise.race([output.settle?.(signal) ?? null, aborted(signal)])) ?? null;
      return lost === null ? null : `output ${name}: ${lost}`;
    } catch (thrown) {
      return `output ${name}: ${messageOf(thrown)}`;
    }
  }

  /** Waits until shortly after the end of the next second. */
  #wait(): void {
    const nowMs = this.#clock.nowMs();
    const nextMs = (Math.floor((nowMs - ROW_LATE_MS) / SECOND_MS) + 1) * SECOND_MS + ROW_LATE_MS;
    this.#timer = setTimeout(() => {
      this.#tell(this.#fold.take(this.#clock.nowMs()));
      this.#wait();
    }, nextMs - nowMs);
    this.#timer.unref();
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #tell(rows: ReturnType<SecondFold["take"]>): void {
    for (const row of rows) this.#each(({ output }) => output.second?.(row));
  }

  #each(tell: (one: Listening) => void): void {
    for (const one of this.#listening) {
      if (one.failure !== null) continue;
      try {
        tell(one);
      } catch (thrown) {
        one.failure = messageOf(thrown);
      }
    }
  }
}

/** The flags of the command, and the environment. */
export interface Given {
  readonly flags: OutputFlags;
  readonly env: Readonly<Record<string, string | undefined>>;
}

async function given(one: Listening, batch: RequestBatch): Promise<void> {
  if (one.failure !== null) return;
  try {
    await one.output.requests?.(batch);
  } catch (thrown) {
    one.failure = messageOf(thrown);
  }
}

function aborted(signal: AbortSignal): Promise<string> {
  const says = "it did not end in time";
  if (signal.aborted) return Promise.resolve(says);
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(says), { once: true }));
}
