/**
 * An executor turns a schedule into running users. What a plan says of each executor is in plan/executor/; executor/ has the running
 * half, a file for each model of a Schedule (decision 0390).
 */

import type { SchedulePiece } from "../plan/schedule.ts";
import type { ScenarioDefinition } from "../scenario.ts";
import type { Epoch, Shares } from "./share.ts";
import type { Alarms } from "./time/alarms.ts";
import type { Runner } from "./user/runner.ts";

/** The part of its worker that an executor may use. */
export interface ExecutorWorld {
  readonly slot: number;
  readonly alarms: Alarms;
  /** The value of performance.now() at which the load begins. */
  readonly startMs: number;
  readonly gracefulStopMs: number;
  newRunner(index: number, definition: ScenarioDefinition): Runner;
  sharesOf(epoch: Epoch): Shares;
  scenarioOf(number: number): ScenarioDefinition;
  /** Counts an arrival for which there was no free user. */
  dropped(): void;
  exhausted(): void;
  sendLag(lateMs: number): void;
}

export interface Executor {
  /** Users alive now. */
  readonly alive: number;
  /** Returns the users that the plan wants from this worker, `atMs` after the start; for open models, the users alive. */
  intended(atMs: number): number;
  /** Starts and stops the users that are due, `atMs` after the start. */
  tick(atMs: number): void;
  change(epoch: Epoch, pieces: readonly SchedulePiece[]): void;
  /** Starts nothing more, and resolves when all users have left or were aborted. */
  stop(): Promise<void>;
}
