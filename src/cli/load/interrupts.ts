/**
 * Handles interrupts of a load in every phase. Before the load begins, an interrupt ends it at once. Afterwards the first one
 * lets iterations end, counts arrive and teardown run, and a second one cuts that short. What was recorded until then is
 * printed in any case.
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
  /** The signal of the first interrupt, or the name of the person who ended the load from elsewhere. */
  by = "SIGINT";
  #end: () => void = () => undefined;

  constructor(world: World, abort: AbortController, gracefulStopMs: number) {
    this.#world = world;
    this.#abort = abort;
    this.#gracefulStopMs = gracefulStopMs;
    this.#listening = world.onInterrupt((signal) => this.#hear(signal));
  }

  /** Marks the begin of the load: the next interrupt calls `end`. */
  begun(end: () => void): void {
    this.#phase = "running";
    this.#end = end;
  }

  /** Marks the end of the load, whatever ended it: iterations, counts and teardown are now completed. */
  ending(): void {
    this.#phase = "ending";
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }

  /** Ends the load for a person who asks from elsewhere, as an interrupt does; `atOnce` cuts the graceful end short. */
  end(by: string, atOnce: boolean): void {
    if (this.#phase === "beginning" || atOnce) this.#abort.abort(interrupted("the load to end cleanly", by));
    if (this.#heard) return;
    this.#heard = true;
    this.by = by;
    if (this.#phase === "running") this.#end();
  }

  #hear(signal: InterruptSignal): void {
    if (this.#phase === "beginning") return this.#abort.abort(interrupted("the load to begin", "an interrupt"));
    if (this.#heard && signal === "SIGHUP") return; // a closing terminal may send it twice: from the kernel and from the shell
    if (this.#heard) return this.#abort.abort(interrupted("the load to end cleanly", "a second interrupt"));
    this.#heard = true;
    this.by = signal;
    const time = formatDuration(this.#gracefulStopMs);
    this.#world.stderr.write(`\ngameday: ending; running iterations have ${time}; interrupt again to end at once\n`);
    if (this.#phase === "running") this.#end();
  }
}

function interrupted(expected: string, got: string): GamedayError {
  return new GamedayError({ code: "interrupted", expected, got, exitCode: ExitCode.unknown });
}
