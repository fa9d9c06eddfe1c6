/** Tests that after the loss of a worker every due arrival is begun, and that the remaining workers have room for all users. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { piecesOf } from "../../plan/schedule.ts";
import type { ScenarioDefinition } from "../../scenario.ts";
import type { ExecutorWorld } from "../executor.ts";
import { firstEpoch, plainShares } from "../share.ts";
import { Alarms } from "../time/alarms.ts";
import type { Bell } from "../time/bell.ts";
import type { Runner } from "../user/runner.ts";
import { ArrivalsExecutor } from "./arrivals.ts";

/** A bell that rings only when the test calls ring(). */
class HandBell implements Bell {
  ring: () => void = () => undefined;
  aim(_dueMs: number, ring: () => void): void {
    this.ring = ring;
  }
  cancel(): void {
    this.ring = () => undefined;
  }
}

/**
 * Creates one of two workers, for a load of 100 arrivals per second that began `agoMs` ago. Its users never end their first
 * iteration.
 */
function workerOfTwo(agoMs: number, usersMax: number) {
  const counts = { begun: 0, dropped: 0 };
  const bell = new HandBell();
  const newRunner = () => ({
    user: { turn: { due: () => undefined }, abort: () => undefined },
    gone: new Promise(() => undefined),
    start: async () => true,
    iterate: () => new Promise(() => undefined),
  });
  const world: ExecutorWorld = {
    slot: 0,
    alarms: new Alarms(() => undefined, bell),
    startMs: performance.now() - agoMs,
    gracefulStopMs: 1,
    newRunner: () => {
      counts.begun++;
      return newRunner() as unknown as Runner;
    },
    sharesOf: plainShares,
    scenarioOf: () => ({}) as ScenarioDefinition,
    dropped: () => {
      counts.dropped++;
    },
    exhausted: () => undefined,
    sendLag: () => undefined,
  };
  const pieces = piecesOf({ stages: [{ durationMs: 0, target: 100 }], ramping: false, startTarget: 0 });
  const executor = new ArrivalsExecutor(world, firstEpoch(2), pieces, { usersMax, usersReady: 0 });
  return { executor, pieces, counts, bell };
}

test("a new epoch that is heard before the timers ring does not pass over what is due", () => {
  const { executor, pieces, counts } = workerOfTwo(1_000, 1_000);
  executor.change({ ...firstEpoch(2), number: 2, lost: [1] }, pieces);
  assert.ok(counts.begun >= 50, `${counts.begun} of the 50 that were due were begun`);
});

test("after a loss those who are left may have all the users of the plan", () => {
  const { executor, pieces, counts } = workerOfTwo(1_000, 20);
  executor.change({ ...firstEpoch(2), number: 2, lost: [1] }, pieces);
  assert.equal(counts.begun, 10);
  const { executor: alone, counts: after, bell } = workerOfTwo(0, 20);
  alone.change(
    { ...firstEpoch(2), number: 2, lost: [1] },
    piecesOf({ stages: [{ durationMs: 0, target: 1e6 }], ramping: false, startTarget: 0 }),
  );
  while (after.dropped === 0) bell.ring();
  assert.equal(after.begun, 20);
});
