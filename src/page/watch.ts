/** Watches whether frames arrive, and remembers since when they did not: a server may be gone, or the machine may have slept. */

import { duration } from "../view/figures.ts";
import type { PageConnection } from "../view/head.ts";

/** A run in progress sends a frame each second; after this long without one, the page connects anew. */
const SILENCE_MS = 5000;
/** A shorter silence is not worth a notice. */
const BLIND_MS = 8000;

export class Watch {
  readonly #reopen: () => void;
  #isLive = false;
  #hasBegun = false;
  #isOver = false;
  /** The wall clock, for people only: when the last frame came. */
  #lastAt = Date.now();
  #lostAt: number | null = null;
  #reopenedAt = 0;
  notice: string | null = null;

  constructor(reopen: () => void) {
    this.#reopen = reopen;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  connection(isLive: boolean): void {
    this.#isLive = isLive;
    if (isLive) this.#hasBegun = true;
    if (isLive) this.#lostAt = null;
    else this.#lostAt ??= Date.now();
  }

  frame(isOver: boolean): void {
    const now = Date.now();
    const blind = now - this.#lastAt;
    if (this.#hasBegun && !this.#isOver && blind > BLIND_MS)
      this.notice = `This page was blind from ${timeOf(this.#lastAt)} to ${timeOf(now)} (${duration(blind)}) and has caught up.`;
    this.#lastAt = now;
    this.#isOver = isOver;
    this.connection(true);
  }

  tick(): void {
    const silent = Date.now() - this.#lastAt;
    if (this.#isOver || silent < SILENCE_MS || Date.now() - this.#reopenedAt < SILENCE_MS) return;
    this.#reopenedAt = Date.now();
    this.#reopen();
  }

  view(): PageConnection {
    if (this.#isLive) return { state: "live", says: null };
    if (this.#lostAt === null) return { state: "connecting", says: null };
    const since = this.#hasBegun ? `since ${timeOf(this.#lostAt)}: what is shown is old` : "yet";
    return {
      state: "lost",
      says: `Not connected ${since}. The page tries again by itself, and a run goes on without it. To stop a run without the page, type: gameday stop`,
    };
  }
}

function timeOf(ms: number): string {
  return new Date(ms).toLocaleTimeString("en-GB");
}
