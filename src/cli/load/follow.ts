/** Follows a load until it ends: draws it each second, and lets it end by time, iterations, a threshold or an interrupt. */
import type { OutputStream, World } from "../../cli.ts";
import type { Recorder } from "../../load/count/recorder.ts";
import type { LoadHandle } from "../../load.ts";
import type { LoadInterrupts } from "./interrupts.ts";

const LOOK_EVERY_MS = 1_000;
/** Workers report each second; the load is checked a little later, so that the check includes their reports. */
const LOOK_LATE_MS = 150;
/** The time between two lines where no terminal can redraw one. */
const LINE_EVERY_S = 10;

export interface Followed {
  readonly handle: LoadHandle;
  readonly recorder: Recorder;
  readonly interrupts: LoadInterrupts;
  /** The time from the call to the end of the load; null: until the iterations are used up. */
  readonly endsInMs: number | null;
  /** The duration of the load, as it is shown to people. */
  readonly durationMs: number | null;
  /** The time from the call to the first user. */
  readonly beginsInMs: number;
  readonly quiet: boolean;
}

/** Returns true if an interrupt ended the load. Throws the error that made it impossible to continue. */
export async function follow(world: World, load: Followed): Promise<boolean> {
  const { handle, recorder, interrupts, endsInMs, quiet } = load;
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const beganMs = performance.now() + load.beginsInMs;
  interrupts.begun(() => resolve(true));
  const looks = everySecond(beganMs, () => {
    if (!quiet) draw(world.stderr, handle, performance.now() - beganMs, load.durationMs);
    const { crossing } = recorder;
    if (crossing === null) return;
    recorder.note(`stopped by a threshold that fails: ${crossing.result.threshold.text}`);
    resolve(false);
  });
  const end = endsInMs === null ? undefined : setTimeout(() => resolve(false), endsInMs);
  void handle.exhausted.then(() => resolve(false));
  handle.finished.catch(reject);
  try {
    return await promise;
  } finally {
    looks[Symbol.dispose]();
    clearTimeout(end);
    interrupts.ending();
  }
}

function everySecond(beganMs: number, look: () => void): Disposable {
  let next = beganMs + LOOK_LATE_MS;
  let timer: NodeJS.Timeout;
  const wait = () => {
    const now = performance.now();
    while (next <= now) next += LOOK_EVERY_MS;
    timer = setTimeout(() => {
      look();
      wait();
    }, next - now);
  };
  next += LOOK_EVERY_MS;
  wait();
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** Draws one line over the last one; does nothing where there is no terminal. */
export function drawLine(out: OutputStream, line: string): void {
  if (out.isTTY) out.write(`\r\u001b[2K${line.slice(0, Math.max(1, out.columns - 1))}`);
}

function draw(out: OutputStream, handle: LoadHandle, elapsedMs: number, durationMs: number | null): void {
  const elapsed = Math.floor(elapsedMs / 1000);
  const line = liveLine(handle, elapsed, durationMs);
  if (out.isTTY) drawLine(out, line);
  else if (elapsed % LINE_EVERY_S === 0) out.write(`${line}\n`);
}

function liveLine(handle: LoadHandle, elapsed: number, durationMs: number | null): string {
  const live = handle.live();
  const total = durationMs === null ? "" : `/${Math.round(durationMs / 1000)}`;
  return [
    `${elapsed}${total} s`,
    `${live.users} users`,
    `${live.requestsPerSecond.toFixed(0)}/s`,
    live.p95Ms === null ? "p95 -" : `p95 ${live.p95Ms.toFixed(1)} ms`,
    `errors ${(live.failedFraction * 100).toFixed(2)} %`,
    ...(live.dropped > 0 ? [`${live.dropped} DROPPED`] : []),
  ].join(" | ");
}
