/** An executor turns a schedule into users at work: one kind a file in executors/, by k6's names. */

import type { ScenarioDefinition } from "../scenario.ts";
import type { Epoch, Shares } from "./share.ts";
import type { Alarms } from "./time/alarms.ts";
import type { Piece } from "./time/schedule.ts";
import type { Runner } from "./user/runner.ts";

/** What an executor may use of its worker. */
export interface ExecutorWorld {
  readonly slot: number;
  readonly alarms: Alarms;
  /** performance.now() at which the load begins. */
  readonly startMs: number;
  readonly gracefulStopMs: number;
  newRunner(index: number, definition: ScenarioDefinition): Runner;
  sharesOf(epoch: Epoch): Shares;
  scenarioOf(number: number): ScenarioDefinition;
  /** An arrival for which there was no free user. */
  dropped(): void;
  exhausted(): void;
  sendLag(lateMs: number): void;
}

export interface Executor {
  /** Users alive now. */
  readonly alive: number;
  /** Users that the plan wants from this worker at a moment since the start; for open models the users alive. */
  intended(atMs: number): number;
  /** Looks at the clock: starts and stops what is due. */
  tick(atMs: number): void;
  change(epoch: Epoch, pieces: readonly Piece[]): void;
  /** Starts nothing more, and resolves when all users are gone or were aborted. */
  stop(): Promise<void>;
}
