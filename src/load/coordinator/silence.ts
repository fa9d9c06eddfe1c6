/** Finds out that workers are silent, and where their scripts are stuck. */
import type { Clock } from "../../std/clock.ts";
import type { CoordinatorEvents } from "./events.ts";
import type { Member } from "./member.ts";

const SILENCE_LOOK_MS = 250;
/** A silent worker is queried for where it is stuck and given up a second later, so its loss is noticed within 3 s. */
const ASK_AFTER_MS = 1_500;
const SILENCE_MS = 2_500;
/** A check that is this late means that the coordinator itself was stopped or swapped out and could not hear any worker. */
const OWN_STALL_MS = 1_000;

/** Ends workers that are silent, most often because a script never awaits; their users move to other workers. */
export class SilenceWatch {
  readonly #members: readonly Member[];
  readonly #clock: Clock;
  readonly #events: CoordinatorEvents;
  readonly #onLost: (member: Member, because: string) => void;
  #timer: NodeJS.Timeout | null = null;
  #lookedMs = 0;

  constructor(
    members: readonly Member[],
    clock: Clock,
    events: CoordinatorEvents,
    onLost: (member: Member, because: string) => void,
  ) {
    this.#members = members;
    this.#clock = clock;
    this.#events = events;
    this.#onLost = onLost;
  }

  begin(): void {
    this.#lookedMs = this.#clock.nowMs();
    this.#timer = setInterval(() => this.#look(), SILENCE_LOOK_MS);
  }

  end(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  #look(): void {
    const nowMs = this.#clock.nowMs();
    const lateMs = nowMs - this.#lookedMs - SILENCE_LOOK_MS;
    this.#lookedMs = nowMs;
    if (lateMs > OWN_STALL_MS) return this.#forgive(nowMs, lateMs);
    for (const member of this.#members) if (member.state === "running") this.#lookAt(member, nowMs);
  }

  /** Measures the silence of every worker from now on, because messages that arrived during the stall have not been read yet. */
  #forgive(nowMs: number, lateMs: number): void {
    this.#events.note(`the coordinator stood still for ${Math.round(lateMs)} ms and heard no worker`);
    for (const member of this.#members) member.lastHeardMs = Math.max(member.lastHeardMs, nowMs);
  }

  #lookAt(member: Member, nowMs: number): void {
    const silentMs = nowMs - member.lastHeardMs;
    if (silentMs < ASK_AFTER_MS) return;
    if (!member.asked) ask(member);
    if (silentMs < SILENCE_MS) return;
    member.link.kill();
    const place = member.stuckAt === null ? "" : `, stuck at ${member.stuckAt}`;
    this.#onLost(member, `it said nothing for ${Math.round(silentMs)} ms${place}`);
  }
}

function ask(member: Member): void {
  member.asked = true;
  void member.link.whereStuck().then((place) => {
    member.stuckAt = place;
  });
}

/** Returns the first place at which one of them is stuck; null when none is stuck or the place cannot be determined. */
export async function stuckAmong(members: readonly Member[]): Promise<string | null> {
  const places = await Promise.all(members.map(({ link }) => link.whereStuck()));
  return places.find((place) => place !== null) ?? null;
}
