/** Workers as their coordinator sees them, and how it finds out that one is stuck. */

import { isOpenModel } from "../../plan/open-model.ts";
import type { LoadPlan } from "../../plan.ts";
import type { Clock } from "../../std/clock.ts";
import type { Json } from "../../std/json.ts";
import { RowLedger } from "../rows/ledger.ts";
import type { Epoch } from "../share.ts";
import type { Link } from "../wire/link.ts";
import type { Job } from "../wire/protocol.ts";
import type { CoordinatorEvents } from "./events.ts";

export interface Member {
  readonly name: string;
  readonly slot: number;
  readonly link: Link;
  state: "starting" | "ready" | "running" | "done" | "lost";
  lastSequence: number;
  /** End of its last report, on the run's clock; null before the first. */
  lastToMs: number | null;
  lastHeardMs: number;
  /** What its inspector told while it was silent. */
  stuckAt: string | null;
  asked: boolean;
}

export function newMember(name: string, slot: number, link: Link, nowMs: number): Member {
  const quiet = { lastSequence: 0, lastToMs: null, lastHeardMs: nowMs, stuckAt: null, asked: false };
  return { name, slot, link, state: "starting", ...quiet };
}

export function giveJobs(
  members: readonly Member[],
  options: Omit<Job, "worker" | "slot" | "originNs"> & { clock: Clock },
): void {
  const { plan, baseUrl, runId, seed, clock } = options;
  for (const { name, slot, link } of members)
    link.send({ type: "job", job: { plan, baseUrl, runId, seed, worker: name, slot, originNs: clock.originNs } });
}

/** Who has which rows; `members` may be filled later. */
export function rowsOfMembers(members: readonly Member[], workers: number, onNote: (says: string) => void): RowLedger {
  const recall = (slot: number, key: string) => members[slot]?.link.send({ type: "rows-back", key });
  return new RowLedger({ workers, recall, onNote });
}

/** What a worker that is in the middle of a load tells a new coordinator. */
export interface Adopted {
  readonly slot: number;
  readonly startAtMs: number;
  readonly epoch: Epoch;
  readonly data: readonly Json[];
  /** It has told that its iterations are used up; that it has stopped. */
  readonly exhausted: boolean;
  readonly done: boolean;
  /** Of the last report that the coordinator before had kept; 0: not known. */
  readonly lastSequence: number;
}

export function newestOf(adopted: readonly Adopted[]): Adopted {
  return adopted.reduce((best, next) => (next.epoch.number > best.epoch.number ? next : best));
}

/** Time from "all ready" to the first user, so that every worker has heard of the beginning. */
const BEGIN_DELAY_MS = 20;
/** The same to the first arrival: users of a closed model may begin a little late, what is due may not. */
const ARRIVALS_DELAY_MS = 60;
/** A slow line is waited for, but not for ever. */
const LINE_MS_MAX = 5_000;

export function beginDelayMs(plan: LoadPlan, members: readonly Member[]): number {
  const linesMs = members.map(({ link }) => Math.min(link.lineMs ?? 0, LINE_MS_MAX));
  return (isOpenModel(plan.executor) ? ARRIVALS_DELAY_MS : BEGIN_DELAY_MS) + Math.max(0, ...linesMs);
}

const SILENCE_LOOK_MS = 250;
/** A silent worker is asked where it is stuck, and given up a second later: noticed within 3 s. */
const ASK_AFTER_MS = 1_500;
const SILENCE_MS = 2_500;
/** A look this late means that the coordinator itself stood still (stopped, swapped out): nobody could be heard. */
const OWN_STALL_MS = 1_000;

/** A worker that says nothing is stuck, most often in a script that never awaits: it is ended, and its users go to others. */
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

  /** What workers said meanwhile waits to be read. */
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

/** The first place at which one of them is stuck; null: none can tell, or none is. */
export async function stuckAmong(members: readonly Member[]): Promise<string | null> {
  const places = await Promise.all(members.map(({ link }) => link.whereStuck()));
  return places.find((place) => place !== null) ?? null;
}
