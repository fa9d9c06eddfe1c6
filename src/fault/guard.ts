/**
 * The watchdog's work, in a separate process that outlives the tool. It undoes what the journal holds open when the tool's
 * heartbeats stop (three missed), when a change expires, and when the tool has ended. It knows nothing but the journal.
 */
import { setTimeout as delay } from "node:timers/promises";
import { readJournal, removeClosedJournal } from "../journal/read.ts";
import { JournalFile } from "../journal/write.ts";
import type { OpenChange } from "../journal.ts";
import type { Clock } from "../std/clock.ts";
import { messageOf } from "../std/errors.ts";
import { healFromJournal } from "./heal.ts";
import { type Attach, recover } from "./recover.ts";

/** The number of heartbeats that may be missed before the tool counts as dead. */
export const BEATS_MISSED_MAX = 3;
const RETRY_MS = 1_000;

export interface GuardOptions {
  readonly journalPath: string;
  readonly attach: Attach;
  readonly clock: Clock;
  readonly beatEveryMs: number;
  /** Called with a description of everything that the watchdog does. */
  readonly say: (line: string) => void;
  /** How long the watchdog keeps trying after the tool has ended. */
  readonly giveUpAfterMs: number;
  /** A command that the tool started may take effect after the tool's death: everything is undone once more after this time. */
  readonly orphansMs: number;
  readonly signal: AbortSignal;
}

/** Guards until the tool's stream of heartbeats ends and everything is undone. Returns how many changes are left. */
export async function guard(heartbeats: AsyncIterable<unknown>, options: GuardOptions): Promise<number> {
  const pulse = new Pulse(heartbeats, options.clock);
  while (!pulse.ended) {
    await Promise.race([pulse.next(), delay(options.beatEveryMs, undefined, { signal: options.signal })]);
    const silentMs = options.clock.nowMs() - pulse.lastBeatMs;
    const silent = !pulse.ended && silentMs > BEATS_MISSED_MAX * options.beatEveryMs;
    const due = (await openChanges(options)).filter(
      (one) => !one.revertedByWatchdog && (silent || expired(one, options)),
    );
    if (due.length === 0) continue;
    options.say(silent ? `no heartbeat for ${Math.round(silentMs)} ms` : "time is up");
    await undo(due, options);
  }
  return await afterTheTool(options);
}

/** The time of the last heartbeat, and whether the stream has ended. */
class Pulse {
  lastBeatMs: number;
  ended = false;
  readonly #beats: AsyncIterator<unknown>;
  readonly #clock: Clock;
  #pending: Promise<void> | undefined;

  constructor(heartbeats: AsyncIterable<unknown>, clock: Clock) {
    this.#beats = heartbeats[Symbol.asyncIterator]();
    this.#clock = clock;
    this.lastBeatMs = clock.nowMs();
  }

  next(): Promise<void> {
    this.#pending ??= this.#read();
    return this.#pending;
  }

  async #read(): Promise<void> {
    try {
      this.ended = (await this.#beats.next()).done === true;
    } catch {
      this.ended = true; // a broken pipe means that the tool is dead
    }
    this.lastBeatMs = this.#clock.nowMs();
    this.#pending = undefined;
  }
}

function expired({ expiresAtNs }: OpenChange, { clock }: GuardOptions): boolean {
  if (expiresAtNs === null) return false;
  return BigInt(expiresAtNs) <= BigInt(clock.originNs) + BigInt(Math.round(clock.nowMs() * 1e6));
}

/** Returns the open changes. If the journal does not exist, nothing is open: the tool deletes it when all is undone. */
async function openChanges(options: GuardOptions): Promise<readonly OpenChange[]> {
  try {
    return (await readJournal(options.journalPath)).open;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return [];
    throw thrown;
  }
}

/**
 * Undoes changes while the tool may still be alive. They are recorded as undone by the watchdog, so that they are undone again
 * when the tool has ended.
 */
async function undo(due: readonly OpenChange[], options: GuardOptions): Promise<void> {
  try {
    const { header } = await readJournal(options.journalPath);
    if (header === null) throw new Error("the journal does not name its platform");
    await using platform = await options.attach(header.platform, header.runId);
    if (platform === null) return;
    await using journal = await JournalFile.reopen(options.journalPath, options.clock);
    const healings = await healFromJournal(platform, due, journal, {
      by: "watchdog",
      signal: options.signal,
      healMs: 0,
    });
    for (const { change, reverted, because } of healings)
      options.say(`${reverted ? "undone" : "not undone"} ${change.id} ${because}`.trimEnd());
  } catch (thrown) {
    options.signal.throwIfAborted();
    options.say(`cannot undo now: ${messageOf(thrown)}`);
  }
}

/**
 * Undoes everything after the tool has ended: at once, again when its orphaned commands have ended, and then until nothing is
 * left.
 */
async function afterTheTool(options: GuardOptions): Promise<number> {
  const end = options.clock.nowMs() + options.giveUpAfterMs;
  let open = await openChanges(options);
  if (open.length === 0) {
    await removeClosedJournal(options.journalPath);
    return 0;
  }
  options.say(`the tool is gone; ${open.length} to undo`);
  await undo(open, options);
  await delay(options.orphansMs, undefined, { signal: options.signal });
  while (open.length > 0 && options.clock.nowMs() < end) {
    await finish(options);
    open = await openChanges(options);
    if (open.length > 0) await delay(RETRY_MS, undefined, { signal: options.signal });
  }
  return open.length;
}

async function finish(options: GuardOptions): Promise<void> {
  const healing = { by: "heal", signal: options.signal, healMs: 10_000 } as const;
  try {
    const content = await readJournal(options.journalPath);
    const { healings, residue } = await recover(content, options.attach, options.clock, healing);
    for (const { change, healed } of healings) options.say(`${healed ? "healed" : "not healed"} ${change.id}`);
    for (const { what, where } of residue) options.say(`residue at ${where}: ${what}`);
  } catch (thrown) {
    options.signal.throwIfAborted();
    options.say(`cannot heal now: ${messageOf(thrown)}`);
  }
}
