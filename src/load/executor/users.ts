/** The executors constant-vus and ramping-vus: a number of users over time, each looping with its own pauses (a closed model). */

import { type SchedulePiece, usersAt } from "../../plan/schedule.ts";
import type { Executor, ExecutorWorld } from "../executor.ts";
import type { Epoch, Shares } from "../share.ts";
import { Crowd } from "../user/crowd.ts";
import type { Runner } from "../user/runner.ts";

const FOR_EVER = () => true;

export class UsersExecutor implements Executor {
  readonly #world: ExecutorWorld;
  readonly #crowd: Crowd;
  readonly #running = new Map<number, Runner>();
  #pieces: readonly SchedulePiece[];
  #shares: Shares;
  #target = 0;
  #stopped = false;

  constructor(world: ExecutorWorld, epoch: Epoch, pieces: readonly SchedulePiece[]) {
    this.#world = world;
    this.#crowd = new Crowd(world.alarms, world.gracefulStopMs);
    this.#shares = world.sharesOf(epoch);
    this.#pieces = pieces;
  }

  get alive(): number {
    return this.#crowd.size;
  }

  intended(atMs: number): number {
    if (this.#stopped) return 0;
    return this.#shares.countOwned(this.#world.slot, usersAt(this.#pieces, atMs));
  }

  tick(atMs: number): void {
    if (!this.#stopped) this.#moveTo(usersAt(this.#pieces, atMs));
  }

  change(epoch: Epoch, pieces: readonly SchedulePiece[]): void {
    this.#shares = this.#world.sharesOf(epoch);
    this.#pieces = pieces;
    for (const index of [...this.#running.keys()]) if (!this.#owns(index)) this.#remove(index);
    const target = this.#target;
    this.#target = 0;
    if (!this.#stopped) this.#moveTo(target);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#running.clear();
    await this.#crowd.leaveAll();
  }

  #moveTo(target: number): void {
    for (let index = this.#target; index < target; index++) if (this.#owns(index)) this.#start(index);
    for (let index = target; index < this.#target; index++) this.#remove(index);
    this.#target = target;
  }

  #owns(index: number): boolean {
    return this.#shares.ownerOf(index) === this.#world.slot;
  }

  #start(index: number): void {
    if (this.#running.has(index)) return;
    const runner = this.#world.newRunner(index, this.#world.scenarioOf(index));
    this.#running.set(index, runner);
    this.#crowd.add(runner, (user) => user.loop(FOR_EVER));
  }

  #remove(index: number): void {
    const runner = this.#running.get(index);
    this.#running.delete(index);
    if (runner !== undefined) this.#crowd.leave(runner);
  }
}
