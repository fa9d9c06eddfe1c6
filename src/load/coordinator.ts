/**
 * The coordinator gives workers their job, begins, changes and stops the load, and passes on what they report. It takes no
 * part in the loop of any user: workers compute their share themselves, and each loss or live change is a new epoch. Its life
 * follows the table in coordinator/life.ts.
 */

import type { LoadHandle, LoadOptions } from "../load.ts";
import type { Json } from "../std/json.ts";
import { beginDelayMs, giveJobs } from "./coordinator/begin.ts";
import { allLost, workerEnded } from "./coordinator/complaints.ts";
import { CoordinatorEvents } from "./coordinator/events.ts";
import { runSetup, runTeardown } from "./coordinator/hooks.ts";
import { Life, type LoadEvent } from "./coordinator/life.ts";
import type { Member } from "./coordinator/member.ts";
import { Reports } from "./coordinator/reports.ts";
import { Roster } from "./coordinator/roster.ts";
import { SilenceWatch } from "./coordinator/silence.ts";
import type { Via } from "./coordinator/start.ts";
import { type TakenOver, takeOver } from "./coordinator/take-over.ts";
import type { LiveLoad } from "./count/live.ts";
import { PRINTED, printsOf } from "./count/prints.ts";
import { fromErrorText } from "./wire/error-text.ts";
import type { Link, LinkListener } from "./wire/link.ts";
import type { FromWorker } from "./wire/protocol.ts";

const STOP_SLACK_MS = 10_000;

export class Coordinator implements LoadHandle {
  readonly #finished = Promise.withResolvers<void>();
  readonly finished = this.#finished.promise;
  readonly exhausted: Promise<void>;
  readonly #options: LoadOptions;
  readonly #life = new Life();
  readonly #roster: Roster;
  readonly #events: CoordinatorEvents;
  readonly #reports: Reports;
  readonly #silence: SilenceWatch;
  #data: readonly Json[] = [];
  #startAtMs = 0;
  #stopping: Promise<void> | null = null;
  #usersMax = 0;
  /** Why the load failed. */
  #failure: unknown = null;
  readonly #abort = () => {
    const { reason } = this.#options.signal;
    this.#fail(reason instanceof Error ? reason : new Error("the load was aborted"));
  };

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#events = new CoordinatorEvents(options);
    this.#reports = new Reports(options, this.#events);
    this.#roster = new Roster(options.plan.workers, (says) => this.#events.note(says));
    this.exhausted = this.#roster.exhausted;
    this.#silence = new SilenceWatch(this.#roster.members, options.clock, this.#events, (member, because) =>
      this.#gone(member, because),
    );
    this.finished.catch(() => undefined); // a caller that never awaits it must not crash because of it
  }

  /**
   * Opens a worker for each slot with `open` and begins the load. When there are `adopted` workers, which are already running
   * a load whose coordinator was lost, continues that load instead.
   */
  async start({ open, ...taken }: Via): Promise<void> {
    const { plan, signal } = this.#options;
    signal.throwIfAborted();
    signal.addEventListener("abort", this.#abort, { once: true });
    try {
      for (let slot = 0; slot < plan.workers; slot++) this.#add(slot, open);
      if (taken.adopted.length > 0) this.#takeOver(taken);
      else await this.#open();
    } catch (thrown) {
      this.#fail(thrown);
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
    return this.#reports.live();
  }

  setUsers(target: number): void {
    const atMs = Math.max(0, this.#options.clock.nowMs() - this.#startAtMs);
    this.#roster.change({ overrides: [...this.#roster.epoch.overrides, { atMs, target }] });
    this.#events.note(`the target is ${target} from now on`);
  }

  stop(): Promise<void> {
    if (this.#life.isOver) return this.finished;
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  #add(slot: number, open: (listener: LinkListener) => Link): void {
    const member = () => this.#roster.members[slot] as Member;
    const link = open({
      onMessage: (message) => this.#hear(member(), message),
      onPrint: printsOf((says) => this.#events.note(says, `w${slot}`, PRINTED)),
      onRows: (ask, give) => this.#roster.rows.ask(slot, ask, give),
      onGone: (because) => this.#gone(member(), because),
    });
    this.#roster.add(slot, link, this.#options.clock);
  }

  async #open(): Promise<void> {
    const { members, waiters } = this.#roster;
    giveJobs(members, this.#options);
    await this.#roster.all((member) => member.state === "ready", "workers to be ready");
    this.#reach("all ready");
    const [first] = members;
    if (first !== undefined) this.#data = await runSetup(first, waiters);
    this.#begin();
  }

  #begin(): void {
    const { clock, plan } = this.#options;
    const { members, epoch } = this.#roster;
    this.#reach("begun");
    this.#startAtMs = clock.nowMs() + beginDelayMs(plan, members);
    for (const member of members) {
      member.state = "running";
      member.lastHeardMs = clock.nowMs();
      member.lastToMs = this.#startAtMs;
      member.link.send({ type: "begin", startAtMs: this.#startAtMs, epoch, data: this.#data });
      this.#events.worker(member, "joined");
    }
    this.#silence.begin();
  }

  #takeOver(taken: TakenOver): void {
    this.#life.on("taken over");
    const { newest, absent } = takeOver(this.#roster, this.#options.clock, taken);
    this.#data = newest.data;
    this.#startAtMs = newest.startAtMs;
    // Single requests that the previous coordinator had not written are lost; workers must not wait for them.
    if (this.#options.onRequests !== undefined)
      for (const { link } of this.#roster.members)
        link.send({ type: "requests-written", number: Number.MAX_SAFE_INTEGER });
    this.#events.note(`took over ${taken.adopted.length} workers in the middle of the load`);
    for (const member of absent) this.#gone(member, "it did not come back to the new coordinator");
    this.#roster.lookForExhaustion();
    if (!this.#life.isOver) this.#silence.begin();
  }

  #hear(member: Member, message: FromWorker): void {
    if (this.#life.isOver) return;
    member.lastHeardMs = this.#options.clock.nowMs();
    member.asked = false;
    const isReport = this.#reports.take(member, message);
    if (message.type === "rows-back") this.#roster.rows.takeBack(member.slot, message.key, message.rows);
    else if (!isReport && member.state !== "lost") this.#hearState(member, message);
    this.#roster.waiters.look(message);
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
      this.#roster.exhaust(member.slot);
      this.#roster.lookForExhaustion();
    }
  }

  #gone(member: Member, because: string): void {
    if (member.state === "lost" || member.state === "done") return;
    const before = member.state;
    member.state = "lost";
    this.#reports.forget(member);
    this.#roster.rows.lose(member.slot, member.name);
    if (before !== "running") return this.#fail(workerEnded(member.name, member.link.where, because));
    this.#reports.lost(member, because);
    this.#roster.change({ lost: [...this.#roster.epoch.lost, member.slot] });
    if (this.#roster.isEmpty) this.#fail(allLost(because, member.stuckAt));
    this.#roster.lookForExhaustion();
    this.#roster.waiters.look(null);
  }

  async #stop(): Promise<void> {
    this.#life.on("stop");
    try {
      const running = this.#roster.members.filter((member) => member.state === "running");
      for (const { link } of running) link.send({ type: "stop" });
      const deadlineMs = this.#options.plan.gracefulStopMs + STOP_SLACK_MS;
      await this.#roster.all((member) => member.state !== "running", "workers to stop", deadlineMs);
      this.#reach("all stopped");
      const first = this.#roster.members.find((member) => member.state === "done");
      if (first !== undefined) await runTeardown(first, this.#data, this.#roster.waiters);
      this.#reach("torn down");
      this.#silence.end();
      await this.#roster.exit();
      this.#reach("all gone");
      this.#options.signal.removeEventListener("abort", this.#abort);
      this.#finished.resolve();
    } catch (thrown) {
      this.#fail(thrown);
      throw thrown;
    }
  }

  /** Moves on after a wait. Throws the reason if the load failed in the meantime. */
  #reach(event: LoadEvent): void {
    if (this.#life.state === "failed") throw this.#failure;
    this.#life.on(event);
  }

  #fail(reason: unknown): void {
    if (!this.#life.isOver) this.#failure = reason;
    this.#life.on("fail");
    this.#roster.waiters.reject(reason);
    this.#silence.end();
    this.#roster.kill();
    this.#finished.reject(reason);
  }
}
