/**
 * The executors constant-arrival-rate and ramping-arrival-rate. Iterations begin when they are due, whether or not earlier ones
 * have ended (an open model). A free user takes the arrival. When no user is free, a new one is created, up to a bound; beyond
 * the bound, the arrival is dropped and counted. Latency is measured from the due time.
 */

import { arrivalsBefore, arrivalTime, type SchedulePiece } from "../../plan/schedule.ts";
import type { ScenarioDefinition } from "../../scenario.ts";
import type { Executor, ExecutorWorld } from "../executor.ts";
import type { Shares } from "../share.ts";
import { aliveSlots, type Epoch } from "../share.ts";
import type { Alarm } from "../time/alarms.ts";
import { Crowd } from "../user/crowd.ts";
import type { Runner } from "../user/runner.ts";

/** The longest time until the next check for arrivals, even when none is due earlier. */
const LOOK_AHEAD_MS = 1_000;

export interface ArrivalsPlan {
  /** The most users at once in the whole run; workers that are alive share it. */
  readonly usersMax: number;
  /** The users of the whole run that are created and started before they are needed. */
  readonly usersReady: number;
}

export class ArrivalsExecutor implements Executor {
  readonly #world: ExecutorWorld;
  readonly #crowd: Crowd;
  readonly #plan: ArrivalsPlan;
  #usersMax: number;
  /** Free users by scenario; the one that was freed last is used first, because its connection is warm. */
  readonly #free = new Map<ScenarioDefinition, Member[]>();
  readonly #count: number;
  #shares: Shares;
  #pieces: readonly SchedulePiece[];
  #next: number;
  #made = 0;
  #alarm: Alarm | null = null;
  #stopped = false;

  constructor(world: ExecutorWorld, epoch: Epoch, pieces: readonly SchedulePiece[], plan: ArrivalsPlan) {
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
    // Arrivals have alarms of their own, which are finer than ticks.
  }

  change(epoch: Epoch, pieces: readonly SchedulePiece[]): void {
    this.#fireDue(); // arrivals until now are due by the old plan, even when this worker is late
    this.#shares = this.#world.sharesOf(epoch);
    this.#usersMax = this.#shareOf(epoch);
    this.#pieces = pieces;
    // Arrivals of a lost worker that were due before now are lost with it; its later ones move to the remaining workers.
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

  /** Returns a worker's equal part of the most users at once. */
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
    runner.user.turn.due(dueMs);
    const member = new Member(runner, (freed) => this.#release(definition, freed));
    let begun = false;
    // The user was created for this arrival, and turn.due() has already set its due time.
    this.#crowd.add(runner, () => {
      begun = true;
      return member.serve(0);
    });
    // When a user's onStart never succeeds, the arrival is lost with it.
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

/** A user of an open model, which waits for an arrival, serves it, and waits again. */
class Member {
  readonly #runner: Runner;
  readonly #release: (member: Member) => void;
  #wake: ((dueMs: number | null) => void) | null = null;

  constructor(runner: Runner, release: (member: Member) => void) {
    this.#runner = runner;
    this.#release = release;
  }

  /** Serves the arrival that is due at `firstDueMs` and all later ones; null means that there are no more arrivals. */
  async serve(firstDueMs: number | null): Promise<void> {
    let dueMs = firstDueMs;
    while (dueMs !== null && !this.#runner.leaving) {
      await this.#runner.iterate(dueMs);
      dueMs = await this.arrival();
    }
  }

  /** Marks the user as free, and resolves with the due time of its next arrival; null when there are no more. */
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
