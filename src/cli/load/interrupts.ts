/**
 * Interrupts of a load in every phase. Before it begins one ends it at once; afterwards the first lets iterations end, what
 * was counted arrive and teardown run, and a second one cuts that short. What was seen until then is printed all the same.
 */
import type { InterruptSignal, World } from "../../cli.ts";
import { formatDuration } from "../../std/duration.ts";
import { ExitCode, GamedayError } from "../../std/errors.ts";

type Phase = "beginning" | "running" | "ending";

export class LoadInterrupts implements Disposable {
  readonly #world: World;
  readonly #abort: AbortController;
  readonly #gracefulStopMs: number;
  readonly #listening: Disposable;
  #phase: Phase = "beginning";
  #heard = false;
  #end: () => void = () => undefined;

  constructor(world: World, abort: AbortController, gracefulStopMs: number) {
    this.#world = world;
    this.#abort = abort;
    this.#gracefulStopMs = gracefulStopMs;
    this.#listening = world.onInterrupt((signal) => this.#hear(signal));
  }

  /** The load has begun: the next interrupt calls `end`. */
  begun(end: () => void): void {
    this.#phase = "running";
    this.#end = end;
  }

  /** It is over, whatever ended it; iterations, what was counted and teardown come to their end. */
  ending(): void {
    this.#phase = "ending";
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }

  #hear(signal: InterruptSignal): void {
    if (this.#phase === "beginning") return this.#abort.abort(interrupted("the load to begin", "an interrupt"));
    if (this.#heard && signal === "SIGHUP") return; // a terminal that closes may say it twice: kernel and shell
    if (this.#heard) return this.#abort.abort(interrupted("the load to end in good order", "a second interrupt"));
    this.#heard = true;
    const time = formatDuration(this.#gracefulStopMs);
    this.#world.stderr.write(`\ngameday: ending; iterations that run have ${time}; interrupt again to end at once\n`);
    if (this.#phase === "running") this.#end();
  }
}

function interrupted(expected: string, got: string): GamedayError {
  return new GamedayError({ code: "interrupted", expected, got, exitCode: ExitCode.unknown });
}
