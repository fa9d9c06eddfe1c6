/** The state that a coordinator keeps about each worker, and the watch that finds out that a worker is stuck. */

import type { LoadOptions } from "../../load.ts";
import { isOpenModel } from "../../plan/open-model.ts";
import type { LoadPlan } from "../../plan.ts";
import type { Clock } from "../../std/clock.ts";
import type { Json } from "../../std/json.ts";
import { waitingMax } from "../count/request-batch.ts";
import { RowLedger } from "../rows/ledger.ts";
import type { Epoch } from "../share.ts";
import type { Link } from "../wire/link.ts";
import type { CoordinatorEvents } from "./events.ts";

export interface Member {
  readonly name: string;
  readonly slot: number;
  readonly link: Link;
  state: "starting" | "ready" | "running" | "done" | "lost";
  lastSequence: number;
  /** End of its last report, on the run's clock; null before the first report. */
  lastToMs: number | null;
  lastHeardMs: number;
  /** Where the worker is stuck, as its inspector reported while it was silent. */
  stuckAt: string | null;
  asked: boolean;
}

export function newMember(name: string, slot: number, link: Link, nowMs: number): Member {
  const quiet = { lastSequence: 0, lastToMs: null, lastHeardMs: nowMs, stuckAt: null, asked: false };
  return { name, slot, link, state: "starting", ...quiet };
}

export function giveJobs(members: readonly Member[], options: LoadOptions): void {
  const { plan, baseUrl, runId, seed, clock, onRequests } = options;
  const common = { plan, baseUrl, runId, seed, originNs: clock.originNs };
  const requests = onRequests === undefined ? {} : { requestBatchesMax: waitingMax(members.length) };
  for (const { name, slot, link } of members)
    link.send({ type: "job", job: { ...common, worker: name, slot, ...requests } });
}

/** Returns the ledger of which worker holds which rows; `members` may be filled later. */
export function rowsOfMembers(members: readonly Member[], workers: number, onNote: (says: string) => void): RowLedger {
  const recall = (slot: number, key: string) => members[slot]?.link.send({ type: "rows-back", key });
  return new RowLedger({ workers, recall, onNote });
}

/** What a worker that is already running a load reports to a new coordinator. */
export interface Adopted {
  readonly slot: number;
  readonly startAtMs: number;
  readonly epoch: Epoch;
  readonly data: readonly Json[];
  /** The worker has reported that its iterations are used up. */
  readonly exhausted: boolean;
  /** The worker has reported that it has stopped. */
  readonly done: boolean;
  /** Sequence number of the last report that the previous coordinator had kept; 0 when unknown. */
  readonly lastSequence: number;
}

export function newestOf(adopted: readonly Adopted[]): Adopted {
  return adopted.reduce((best, next) => (next.epoch.number > best.epoch.number ? next : best));
}

/** Time from "all ready" to the first user, so that every worker has received the message to begin. */
const BEGIN_DELAY_MS = 20;
/** The same for open models: users of a closed model may begin a little late, but arrivals that are due may not. */
const ARRIVALS_DELAY_MS = 60;
/** The longest round trip that the beginning waits for. */
const LINE_MS_MAX = 5_000;

export function beginDelayMs(plan: LoadPlan, members: readonly Member[]): number {
  const linesMs = members.map(({ link }) => Math.min(link.lineMs ?? 0, LINE_MS_MAX));
  return (isOpenModel(plan.executor) ? ARRIVALS_DELAY_MS : BEGIN_DELAY_MS) + Math.max(0, ...linesMs);
}

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
