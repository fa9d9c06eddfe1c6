/**
 * Records when the bytes of each log were written: the sizes are sampled once a second, so that logs of any format can be cut by
 * time.
 */
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import type { Clock } from "../../std/clock.ts";
import { readRange } from "../../std/file-range.ts";

interface Sample {
  readonly atMs: number;
  readonly size: number;
}

const EVERY_MS = 1_000;
/** The most bytes that are kept of one log for one window, counted from its end. */
const CUT_BYTES_MAX = 4 << 20;

export class LogIndex {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #samples = new Map<string, Sample[]>();
  readonly #timer: NodeJS.Timeout;

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
    this.#timer = setInterval(() => this.#sample(), EVERY_MS).unref();
  }

  /** Copies what was added to each log within the window (to the second) into the folder; logs without additions are left out. */
  copy(folder: string, window: { fromMs: number; toMs: number }): void {
    this.#sample();
    mkdirSync(folder, { recursive: true });
    for (const [name, samples] of this.#samples) {
      const { from, to } = range(samples, window);
      if (to > from)
        writeFileSync(
          `${folder}/${name}`,
          readRange(`${this.#folder}/${name}`, Math.max(from, to - CUT_BYTES_MAX), to),
        );
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    if (!existsSync(this.#folder)) return;
    const atMs = this.#clock.nowMs();
    for (const name of readdirSync(this.#folder).filter((file) => file.endsWith(".log"))) {
      const size = statSync(`${this.#folder}/${name}`, { throwIfNoEntry: false })?.size ?? 0;
      const samples = this.#samples.get(name) ?? [{ atMs: Number.NEGATIVE_INFINITY, size: 0 }];
      if (samples.at(-1)?.size !== size) samples.push({ atMs, size });
      this.#samples.set(name, samples);
    }
  }
}

/** Returns the bytes written within the window: from the size last seen before it to the size first seen after it. */
export function range(
  samples: readonly Sample[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): { from: number; to: number } {
  const before = samples.findLast((sample) => sample.atMs <= fromMs - EVERY_MS);
  const after = samples.find((sample) => sample.atMs >= toMs) ?? samples.at(-1);
  return { from: before?.size ?? 0, to: after?.size ?? 0 };
}
