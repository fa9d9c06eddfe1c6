/** Workers as their coordinator sees them, and how it finds out that one is stuck. */
import type { Json } from "../std/json.ts";
import type { Link } from "./link.ts";
import type { Epoch } from "./share.ts";

export interface Member {
  readonly name: string;
  readonly slot: number;
  readonly link: Link;
  state: "starting" | "ready" | "running" | "done" | "lost";
  lastSequence: number;
  lastHeardMs: number;
  /** What its inspector told while it was silent. */
  stuckAt: string | null;
  asked: boolean;
}

export function newMember(name: string, slot: number, link: Link, nowMs: number): Member {
  return { name, slot, link, state: "starting", lastSequence: 0, lastHeardMs: nowMs, stuckAt: null, asked: false };
}

/** What a worker that is in the middle of a load tells a new coordinator. */
export interface Adopted {
  readonly slot: number;
  readonly startAtMs: number;
  readonly epoch: Epoch;
  readonly data: readonly Json[];
}

export function newestOf(adopted: readonly Adopted[]): Adopted {
  return adopted.reduce((best, next) => (next.epoch.number > best.epoch.number ? next : best));
}

export const SILENCE_LOOK_MS = 250;
/** A silent worker is asked where it is stuck, and given up a second later: noticed within 3 s. */
const ASK_AFTER_MS = 1_500;
const SILENCE_MS = 2_500;

/** A worker that says nothing is stuck, most often in a script that never awaits: it is ended, and its users go to others. */
export function giveUpSilent(
  members: readonly Member[],
  nowMs: number,
  onLost: (member: Member, because: string) => void,
): void {
  for (const member of members) {
    const silentMs = nowMs - member.lastHeardMs;
    if (member.state !== "running" || silentMs < ASK_AFTER_MS) continue;
    if (!member.asked) ask(member);
    if (silentMs < SILENCE_MS) continue;
    member.link.kill();
    const place = member.stuckAt === null ? "" : `, stuck at ${member.stuckAt}`;
    onLost(member, `it said nothing for ${Math.round(silentMs)} ms${place}`);
  }
}

function ask(member: Member): void {
  member.asked = true;
  void member.link.whereStuck().then((place) => {
    member.stuckAt = place;
  });
}
