/**
 * constant-arrival-rate and ramping-arrival-rate: iterations begin when they are due, whatever became of earlier ones (an
 * open model). A free user takes the arrival; with none free another is made, up to a bound; beyond it the arrival is
 * dropped, and counted. Latency runs from the due time.
 */

import type { ScenarioDefinition } from "../../scenario.ts";
import type { Executor, ExecutorWorld } from "../executor.ts";
import type { Shares } from "../share.ts";
import { aliveSlots, type Epoch } from "../share.ts";
import type { Alarm } from "../time/alarms.ts";
import { arrivalsBefore, arrivalTime, type Piece } from "../time/schedule.ts";
import { Crowd } from "../user/crowd.ts";
import type { Runner } from "../user/runner.ts";

/** Looked at again this often while no arrival is in sight, because a live change may bring some. */
const LOOK_AHEAD_MS = 1_000;

export interface ArrivalsPlan {
  /** Of the whole run at once: workers that are alive share it. */
  readonly usersMax: number;
  /** Of the whole run: users that are made, and have started, before they are needed. */
  readonly usersReady: number;
}

export class ArrivalsExecutor implements Executor {
  readonly #world: ExecutorWorld;
  readonly #crowd: Crowd;
  readonly #plan: ArrivalsPlan;
  #usersMax: number;
  /** Free users of each scenario; the last one used first, so that its connection is warm. */
  readonly #free = new Map<ScenarioDefinition, Member[]>();
  readonly #count: number;
  #shares: Shares;
  #pieces: readonly Piece[];
  #next: number;
  #made = 0;
  #alarm: Alarm | null = null;
  #stopped = false;

  constructor(world: ExecutorWorld, epoch: Epoch, pieces: readonly Piece[], plan: ArrivalsPlan) {
    this.#world = world;
    this.#crowd = new Crowd(world.alarms, world.gracefulStopMs);
    this.#plan = plan;
    this.#usersMax = this.#shareOf(epoch);
    this.#count = epoch.count;
    this.#shares = world.sharesOf(epoch);
    this.#pieces = pieces;
    this.#next = this.#shares.nextOwned(world.slot, 0);
    for (let number = this.#next; number < plan.usersReady; number = this.#shares.nextOwned(world.slot, number + 1))
      this.#makeReady(world.scenarioOf(number));
    this.#aim();
  }

  get alive(): number {
    return this.#crowd.size;
  }

  intended(): number {
    return this.#stopped ? 0 : this.#crowd.size;
  }

  tick(): void {
    // Arrivals have alarms of their own, finer than ticks.
  }

  change(epoch: Epoch, pieces: readonly Piece[]): void {
    this.#fireDue(); // what was due until now was due by the old plan, however late this worker is
    this.#shares = this.#world.sharesOf(epoch);
    this.#usersMax = this.#shareOf(epoch);
    this.#pieces = pieces;
    // Arrivals of a lost worker that were due before now are lost with it; those to come are shared out.
    const passed = Math.ceil(arrivalsBefore(pieces, performance.now() - this.#world.startMs) - 1e-6);
    this.#next = this.#shares.nextOwned(this.#world.slot, Math.max(this.#next, passed));
    this.#aim();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#alarm !== null) this.#world.alarms.cancel(this.#alarm);
    for (const members of this.#free.values()) for (const member of members.splice(0)) member.dismiss();
    await this.#crowd.leaveAll();
  }

  /** Of the users at once, a worker's equal part. */
  #shareOf(epoch: Epoch): number {
    return Math.ceil(this.#plan.usersMax / Math.max(1, aliveSlots(epoch).length));
  }

  #dueMs(): number {
    return this.#world.startMs + arrivalTime(this.#pieces, this.#next);
  }

  #aim(): void {
    if (this.#alarm !== null) this.#world.alarms.cancel(this.#alarm);
    const dueMs = Math.min(this.#dueMs(), performance.now() + LOOK_AHEAD_MS);
    this.#alarm = this.#world.alarms.at(dueMs, { ring: () => this.#fireDue() });
  }

  #fireDue(): void {
    const now = performance.now();
    while (!this.#stopped) {
      const dueMs = this.#dueMs();
      if (dueMs > now) break;
      this.#arrive(this.#world.scenarioOf(this.#next), dueMs);
      this.#next = this.#shares.nextOwned(this.#world.slot, this.#next + 1);
    }
    if (!this.#stopped) this.#aim();
  }

  #arrive(definition: ScenarioDefinition, dueMs: number): void {
    const free = this.#free.get(definition)?.pop();
    if (free !== undefined) free.arrive(dueMs);
    else if (this.#crowd.size < this.#usersMax) this.#make(definition, dueMs);
    else this.#world.dropped();
  }

  #make(definition: ScenarioDefinition, dueMs: number): void {
    const runner = this.#world.newRunner(this.#newIndex(), definition);
    runner.user.due(dueMs);
    const member = new Member(runner, (freed) => this.#release(definition, freed));
    let begun = false;
    // The arrival made this user, and its due time is with it already.
    this.#crowd.add(runner, () => {
      begun = true;
      return member.serve(0);
    });
    // One whose onStart never succeeded has taken the arrival with it.
    void runner.gone.then(() => {
      if (!begun) this.#world.dropped();
    });
  }

  #makeReady(definition: ScenarioDefinition): void {
    const runner = this.#world.newRunner(this.#newIndex(), definition);
    const member = new Member(runner, (freed) => this.#release(definition, freed));
    this.#crowd.add(runner, async () => member.serve(await member.arrival()));
  }

  #newIndex(): number {
    return this.#made++ * this.#count + this.#world.slot;
  }

  #release(definition: ScenarioDefinition, member: Member): void {
    if (this.#stopped) return member.dismiss();
    const members = this.#free.get(definition);
    if (members === undefined) this.#free.set(definition, [member]);
    else members.push(member);
  }
}

/** A user of an open model: waits for an arrival, serves it, waits again. */
class Member {
  readonly #runner: Runner;
  readonly #release: (member: Member) => void;
  #wake: ((dueMs: number | null) => void) | null = null;

  constructor(runner: Runner, release: (member: Member) => void) {
    this.#runner = runner;
    this.#release = release;
  }

  /** Serves the arrival due then, and all that come after it; null: none comes any more. */
  async serve(firstDueMs: number | null): Promise<void> {
    let dueMs = firstDueMs;
    while (dueMs !== null && !this.#runner.leaving) {
      await this.#runner.iterate(dueMs);
      dueMs = await this.arrival();
    }
  }

  /** When the next arrival is due. */
  arrival(): Promise<number | null> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#release(this);
    });
  }

  arrive(dueMs: number): void {
    this.#wake?.(dueMs);
  }

  dismiss(): void {
    this.#wake?.(null);
  }
}
