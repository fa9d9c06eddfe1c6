/**
 * The coordinator gives workers their job, begins, changes and stops the load, and passes on what they report. It takes no
 * part in the loop of any user: workers compute their share themselves, and each loss or live change is a new epoch.
 */

import type { Interval } from "../interval.ts";
import type { LoadHandle, LoadOptions } from "../load.ts";
import type { Json } from "../std/json.ts";
import { allLost, workerEnded } from "./coordinator/complaints.ts";
import { CoordinatorEvents } from "./coordinator/events.ts";
import { runSetup, runTeardown } from "./coordinator/hooks.ts";
import {
  type Adopted,
  beginDelayMs,
  giveJobs,
  type Member,
  newestOf,
  newMember,
  rowsOfMembers,
  SilenceWatch,
  stuckAmong,
} from "./coordinator/member.ts";
import type { Via } from "./coordinator/start.ts";
import { Waiters } from "./coordinator/waiters.ts";
import { type LiveLoad, LiveView } from "./count/live.ts";
import { PRINTED, printsOf } from "./count/prints.ts";
import type { RowLedger } from "./rows/ledger.ts";
import { aliveSlots, type Epoch, firstEpoch } from "./share.ts";
import { fromErrorText } from "./wire/error-text.ts";
import type { Link, LinkListener } from "./wire/link.ts";
import type { FromWorker } from "./wire/protocol.ts";

const STOP_SLACK_MS = 10_000;

export class Coordinator implements LoadHandle {
  readonly #finished = Promise.withResolvers<void>();
  readonly #exhausted = Promise.withResolvers<void>();
  readonly finished = this.#finished.promise;
  readonly exhausted = this.#exhausted.promise;
  readonly #options: LoadOptions;
  readonly #members: Member[] = [];
  readonly #live = new LiveView();
  readonly #waiters = new Waiters();
  readonly #events: CoordinatorEvents;
  readonly #silence: SilenceWatch;
  readonly #rows: RowLedger;
  #epoch: Epoch;
  #data: readonly Json[] = [];
  #startAtMs = 0;
  #stopping: Promise<void> | null = null;
  /** When true, later messages are not passed on, because their receiver may have closed its files. */
  #over = false;
  #usersMax = 0;
  #exhaustedSlots = new Set<number>();

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#events = new CoordinatorEvents(options);
    this.#silence = new SilenceWatch(this.#members, options.clock, this.#events, (member, because) =>
      this.#gone(member, because),
    );
    this.#rows = rowsOfMembers(this.#members, options.plan.workers, (says) => this.#events.note(says));
    this.#epoch = firstEpoch(options.plan.workers);
    this.finished.catch(() => undefined); // a caller that never awaits it must not crash because of it
  }

  /**
   * Opens a worker for each slot with `open` and begins the load. When there are `adopted` workers, which are already running
   * a load whose coordinator was lost, continues that load instead.
   */
  async start({ open, adopted, lastReportsMs }: Via): Promise<void> {
    const { plan, signal } = this.#options;
    signal.throwIfAborted();
    signal.addEventListener("abort", () => this.#abort(signal.reason), { once: true });
    try {
      for (let slot = 0; slot < plan.workers; slot++) this.#add(slot, open);
      if (adopted.length > 0) return this.#adopt(adopted, lastReportsMs);
      giveJobs(this.#members, this.#options);
      await this.#allMembers((member) => member.state === "ready", "workers to be ready");
      await this.#setUp();
      this.#begin();
    } catch (thrown) {
      this.#over = true;
      this.#killAll();
      throw thrown;
    }
  }

  get beganAtMs(): number {
    return this.#startAtMs;
  }

  get usersMax(): number {
    return this.#usersMax;
  }

  live(): LiveLoad {
    return this.#live.now();
  }

  setUsers(target: number): void {
    const atMs = Math.max(0, this.#options.clock.nowMs() - this.#startAtMs);
    this.#newEpoch({ overrides: [...this.#epoch.overrides, { atMs, target }] });
    this.#events.note(`the target is ${target} from now on`);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  #add(slot: number, open: (listener: LinkListener) => Link): void {
    const { clock } = this.#options;
    const name = `w${slot}`;
    const link = open({
      onMessage: (message) => this.#hear(member, message),
      onPrint: printsOf((says) => this.#events.note(says, name, PRINTED)),
      onRows: (ask, give) => this.#rows.ask(slot, ask, give),
      onGone: (because) => this.#gone(member, because),
    });
    const member = newMember(name, slot, link, clock.nowMs());
    this.#members.push(member);
  }

  #adopt(adopted: readonly Adopted[], lastReportsMs: ReadonlyMap<string, number> = new Map()): void {
    const { epoch, data, startAtMs } = newestOf(adopted);
    this.#epoch = epoch;
    this.#data = data;
    this.#startAtMs = startAtMs;
    this.#rows.close("the coordinator that knew which were used was lost");
    this.#events.note(`took over ${adopted.length} workers in the middle of the load`);
    for (const member of this.#members) {
      member.state = "running"; // as it was for the previous coordinator
      member.lastHeardMs = this.#options.clock.nowMs();
      member.lastToMs = lastReportsMs.get(member.name) ?? null;
    }
    const states = this.#members.map(({ slot }) => adopted.find((state) => state.slot === slot));
    for (const [slot, member] of this.#members.entries()) this.#adoptOne(member, states[slot]);
    this.#lookForExhaustion();
    this.#silence.begin();
  }

  #adoptOne(member: Member, state: Adopted | undefined): void {
    if (state === undefined) {
      member.link.kill();
      member.lastToMs ??= this.#startAtMs; // no report of it was kept
      if (this.#epoch.lost.includes(member.slot))
        member.state = "lost"; // the previous coordinator has already reported the loss
      else this.#gone(member, "it did not come back to the new coordinator");
      return;
    }
    member.lastSequence = state.lastSequence;
    if (state.epoch.number < this.#epoch.number) member.link.send({ type: "epoch", epoch: this.#epoch });
    if (state.exhausted || state.done) this.#exhaustedSlots.add(member.slot);
    if (state.done) member.state = "done";
  }

  async #setUp(): Promise<void> {
    const [first] = this.#members;
    if (first !== undefined) this.#data = await runSetup(first, this.#waiters);
  }

  #begin(): void {
    const { clock, plan } = this.#options;
    this.#startAtMs = clock.nowMs() + beginDelayMs(plan, this.#members);
    for (const member of this.#members) {
      member.state = "running";
      member.lastHeardMs = clock.nowMs();
      member.lastToMs = this.#startAtMs;
      member.link.send({ type: "begin", startAtMs: this.#startAtMs, epoch: this.#epoch, data: this.#data });
      this.#events.worker(member, "joined");
    }
    this.#silence.begin();
  }

  #hear(member: Member, message: FromWorker): void {
    if (this.#over) return;
    member.lastHeardMs = this.#options.clock.nowMs();
    member.asked = false;
    if (message.type === "interval") this.#hearInterval(member, message.interval);
    else if (message.type === "operations")
      for (const operation of message.operations) this.#options.onOperation(operation);
    else if (message.type === "note") this.#events.note(message.says, member.name, message.detail, message.kind);
    else if (message.type === "rows-back") this.#rows.takeBack(member.slot, message.key, message.rows);
    else if (message.type === "gap") this.#events.gap(member, message);
    else if (member.state !== "lost") this.#hearState(member, message);
    this.#waiters.look(message);
  }

  /** Also accepts late intervals of a worker that was given up: everything that it counted still counts. */
  #hearInterval(member: Member, interval: Interval): void {
    if (interval.worker !== member.name) return; // no worker may report for another
    if (interval.sequence <= member.lastSequence) return; // a repeat after a broken connection
    this.#events.missing(member, interval);
    this.#events.future(member, interval);
    member.lastSequence = interval.sequence;
    member.lastToMs = interval.toMs;
    this.#live.add(interval);
    if (member.state === "lost") this.#live.forget(member.name);
    this.#options.onInterval(interval);
  }

  #hearState(member: Member, message: FromWorker): void {
    if (message.type === "ready") member.state = "ready";
    else if (message.type === "done") {
      if (member.state === "done") return; // repeated for a coordinator that took over
      member.state = "done";
      this.#usersMax += message.usersMax ?? 0;
      this.#events.worker(member, "left");
    } else if (message.type === "failed") this.#fail(fromErrorText(message.error));
    else if (message.type === "exhausted") {
      this.#exhaustedSlots.add(member.slot);
      this.#lookForExhaustion();
    }
  }

  #gone(member: Member, because: string): void {
    if (member.state === "lost" || member.state === "done") return;
    const before = member.state;
    member.state = "lost";
    this.#live.forget(member.name);
    this.#rows.lose(member.slot, member.name);
    if (before !== "running") return this.#fail(workerEnded(member.name, member.link.where, because));
    this.#events.worker(member, "lost");
    this.#events.gap(member, {
      fromMs: Math.min(member.lastHeardMs, member.lastToMs ?? member.lastHeardMs), // later counts were not reported
      toMs: this.#options.clock.nowMs(),
      because: `worker ${member.name} was lost: ${because}`,
    });
    this.#newEpoch({ lost: [...this.#epoch.lost, member.slot] });
    if (aliveSlots(this.#epoch).length === 0) this.#fail(allLost(because, member.stuckAt));
    this.#lookForExhaustion();
    this.#waiters.look({ type: "beat" });
  }

  #newEpoch(change: Partial<Epoch>): void {
    this.#epoch = { ...this.#epoch, ...change, number: this.#epoch.number + 1 };
    for (const { link, state } of this.#members)
      if (state === "running") link.send({ type: "epoch", epoch: this.#epoch });
  }

  #lookForExhaustion(): void {
    if (aliveSlots(this.#epoch).every((slot) => this.#exhaustedSlots.has(slot))) this.#exhausted.resolve();
  }

  async #stop(): Promise<void> {
    try {
      const running = this.#members.filter((member) => member.state === "running");
      for (const { link } of running) link.send({ type: "stop" });
      const deadlineMs = this.#options.plan.gracefulStopMs + STOP_SLACK_MS;
      await this.#allMembers((member) => member.state !== "running", "workers to stop", deadlineMs);
      await this.#tearDown();
      await this.#end();
      this.#finished.resolve();
    } catch (thrown) {
      this.#fail(thrown);
      throw thrown;
    }
  }

  async #tearDown(): Promise<void> {
    const first = this.#members.find((member) => member.state === "done");
    if (first !== undefined) await runTeardown(first, this.#data, this.#waiters);
  }

  async #end(): Promise<void> {
    this.#silence.end();
    for (const { link } of this.#members) link.send({ type: "exit" });
    const late = setTimeout(() => this.#killAll(), 2_000);
    await Promise.all(this.#members.map(({ link }) => link.gone));
    clearTimeout(late);
  }

  #abort(reason: unknown): void {
    this.#fail(reason instanceof Error ? reason : new Error("the load was aborted"));
  }

  #fail(reason: unknown): void {
    this.#over = true;
    this.#waiters.reject(reason);
    this.#killAll();
    this.#finished.reject(reason);
  }

  #killAll(): void {
    this.#silence.end();
    for (const member of this.#members) {
      if (member.state !== "lost") member.state = "done";
      member.link.kill();
    }
  }

  #allMembers(holds: (member: Member) => boolean, what: string, deadlineMs?: number): Promise<void> {
    const stuck = () => stuckAmong(this.#members.filter((member) => !holds(member)));
    return this.#waiters.wait(() => this.#members.every(holds), what, stuck, deadlineMs);
  }
}
