/**
 * The executors per-vu-iterations and shared-iterations, which run a number of iterations instead of a time. Other workers do
 * not take over the iterations of a lost worker, because it is unknown how many it has done; the loss is in the timeline.
 */

import { type SchedulePiece, usersAt } from "../../plan/schedule.ts";
import type { Executor, ExecutorWorld } from "../executor.ts";
import type { Epoch, Shares } from "../share.ts";
import { Crowd } from "../user/crowd.ts";

export interface IterationsPlan {
  /** The number of iterations: of all users together when `shared`, otherwise of each user. */
  readonly iterations: number;
  readonly shared: boolean;
}

export class IterationsExecutor implements Executor {
  readonly #world: ExecutorWorld;
  readonly #crowd: Crowd;
  readonly #plan: IterationsPlan;
  readonly #users: number;
  readonly #shares: Shares;
  /** The iterations of a shared total that this worker may still begin. */
  #left: number;
  #begun = false;
  #stopped = false;

  constructor(world: ExecutorWorld, epoch: Epoch, pieces: readonly SchedulePiece[], plan: IterationsPlan) {
    this.#world = world;
    this.#crowd = new Crowd(world.alarms, world.gracefulStopMs);
    this.#plan = plan;
    this.#shares = world.sharesOf(epoch);
    this.#users = usersAt(pieces, 0);
    this.#left = this.#part(epoch);
  }

  get alive(): number {
    return this.#crowd.size;
  }

  intended(): number {
    return this.#crowd.size;
  }

  tick(): void {
    if (!this.#begun && !this.#stopped) this.#beginAll();
  }

  change(): void {
    // The users and their iterations were distributed at the beginning.
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#crowd.leaveAll();
  }

  /** Returns this worker's part of a shared total. A worker without users could not run its part, so it gets none. */
  #part(epoch: Epoch): number {
    const hands = Math.min(epoch.count, this.#users);
    return this.#world.slot < hands ? Math.ceil((this.#plan.iterations - this.#world.slot) / hands) : 0;
  }

  #beginAll(): void {
    this.#begun = true;
    const lives: Promise<void>[] = [];
    for (let index = 0; index < this.#users; index++) {
      if (this.#shares.ownerOf(index) !== this.#world.slot) continue;
      const runner = this.#world.newRunner(index, this.#world.scenarioOf(index));
      lives.push(runner.gone);
      this.#crowd.add(runner, () => runner.loop(this.#allowance()));
    }
    void Promise.all(lives).then(() => this.#world.exhausted());
  }

  /** Returns a function that decides whether a user may begin one more iteration. */
  #allowance(): () => boolean {
    if (this.#plan.shared) return () => this.#left-- > 0;
    let left = this.#plan.iterations;
    return () => left-- > 0;
  }
}
