/**
 * What a person sees while a run lasts: on a terminal one line that is redrawn each second, below the events; otherwise one
 * plain line per event. It reads only events and the load's own figures.
 */
import type { OutputStream } from "../../cli.ts";
import type { LiveLoad } from "../../load/count/live.ts";
import { visible } from "../../report/text/escape.ts";
import type { Clock } from "../../std/clock.ts";
import { describeEvent } from "../../timeline/describe.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { liveLine } from "./live-line.ts";

const REDRAW_MS = 1000;

export interface LiveViewOptions {
  readonly out: OutputStream;
  readonly clock: Clock;
  readonly expectedDurationMs: number;
  readonly load: () => LiveLoad | null;
}

export class RunView implements Disposable {
  readonly #options: LiveViewOptions;
  readonly #timer: NodeJS.Timeout | null;
  #phase = "starting";
  #fault: string | null = null;
  #replicas: string | null = null;

  constructor(options: LiveViewOptions) {
    this.#options = options;
    this.#timer = options.out.isTTY ? setInterval(() => this.#draw(), REDRAW_MS) : null;
  }

  event(event: TimelineEvent): void {
    this.#remember(event);
    const says = describeEvent(event);
    if (says === null) return;
    this.#clear();
    // The text may come from targets: it must not move the cursor or colour the terminal.
    this.#options.out.write(`${formatTime(event.atMs)}  ${visible(says)}\n`);
    if (this.#timer !== null) this.#draw();
  }

  [Symbol.dispose](): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#clear();
  }

  #remember(event: TimelineEvent): void {
    if (event.type === "phase" && event.edge === "begin") this.#phase = event.phase;
    if (event.type === "replicas") this.#replicas = `${event.ready}/${event.desired}`;
    if (event.type === "fault" && event.edge === "bit") this.#fault = `${event.experiment} (${event.target})`;
    if (event.type === "fault" && event.edge === "healed") this.#fault = null;
  }

  #draw(): void {
    const { out, clock } = this.#options;
    this.#clear();
    const line = {
      time: formatTime(clock.nowMs()),
      phase: this.#phase,
      load: this.#options.load(),
      replicas: this.#replicas,
      fault: this.#fault === null ? null : visible(this.#fault),
      left: formatTime(Math.max(0, this.#options.expectedDurationMs - clock.nowMs())),
    };
    out.write(liveLine(line, Math.max(1, out.columns - 1)));
  }

  #clear(): void {
    if (this.#timer !== null) this.#options.out.write("\r\u001b[2K");
  }
}

/** Formats 95,300 ms as "1:35". */
function formatTime(timeMs: number): string {
  const seconds = Math.floor(timeMs / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
