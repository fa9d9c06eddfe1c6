/** Tests every executor against its schedule: for any plan, workers and losses, everything is done exactly once. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { arrivalTime, piecesOf, usersAt } from "../../plan/schedule.ts";
import type { ScenarioDefinition } from "../../scenario.ts";
import type { ExecutorWorld } from "../executor.ts";
import { aliveSlots, type Epoch, firstEpoch, nextOwned, plainShares } from "../share.ts";
import { Alarms } from "../time/alarms.ts";
import type { Runner } from "../user/runner.ts";
import { IterationsExecutor } from "./iterations.ts";
import { UsersExecutor } from "./users.ts";

const scenario = {} as ScenarioDefinition;

/** A user without a script. It counts the iterations that it may begin, or loops until it must leave. */
class FakeRunner {
  readonly index: number;
  readonly user = { abort: () => undefined };
  readonly gone: Promise<void>;
  leaving = false;
  begun = 0;
  #setGone: () => void = () => undefined;

  constructor(index: number) {
    this.index = index;
    this.gone = new Promise((resolve) => {
      this.#setGone = resolve;
    });
  }

  async start(): Promise<boolean> {
    return true;
  }

  async loop(mayGoOn: () => boolean): Promise<void> {
    while (this.begun < 1_000 && mayGoOn()) this.begun++;
    if (this.begun === 1_000) await this.gone; // it would continue forever
  }

  leave(): void {
    this.leaving = true;
    this.#setGone();
  }

  async finish(): Promise<void> {
    this.#setGone();
  }
}

/** Returns the world of a worker, and the list of its runners. */
function worldOf(slot: number): { world: ExecutorWorld; runners: FakeRunner[]; exhausted: Promise<void> } {
  const runners: FakeRunner[] = [];
  const { promise: exhausted, resolve } = Promise.withResolvers<void>();
  const world: ExecutorWorld = {
    slot,
    alarms: new Alarms(() => undefined),
    startMs: 0,
    gracefulStopMs: 1,
    newRunner: (index) => {
      const runner = new FakeRunner(index);
      runners.push(runner);
      return runner as unknown as Runner;
    },
    sharesOf: plainShares,
    scenarioOf: () => scenario,
    dropped: () => undefined,
    exhausted: resolve,
    sendLag: () => undefined,
  };
  return { world, runners, exhausted };
}

const plan = fc.record({
  stages: fc.array(
    fc.record({ durationMs: fc.integer({ min: 0, max: 60_000 }), target: fc.integer({ min: 0, max: 60 }) }),
    { minLength: 1, maxLength: 5 },
  ),
  ramping: fc.boolean(),
  startTarget: fc.integer({ min: 0, max: 30 }),
});
const workers = fc.integer({ min: 1, max: 5 });
const moments = fc.array(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 6 });

test("constant-vus and ramping-vus: at every moment each user of the plan runs on exactly one worker that is alive", () => {
  fc.assert(
    fc.property(plan, workers, moments, fc.nat(), (given, count, atMs, choice) => {
      const pieces = piecesOf(given);
      const sites = Array.from({ length: count }, (_, slot) => worldOf(slot));
      const executors = sites.map(({ world }) => new UsersExecutor(world, firstEpoch(count), pieces));
      let epoch: Epoch = firstEpoch(count);
      for (const [number, at] of atMs.toSorted((a, b) => a - b).entries()) {
        for (const slot of aliveSlots(epoch)) executors[slot]?.tick(at);
        if (number === 1 && count > 1) {
          epoch = { ...epoch, number: 2, lost: [choice % count] };
          for (const slot of aliveSlots(epoch)) executors[slot]?.change(epoch, pieces);
        }
        const running = aliveSlots(epoch).flatMap((slot) => sites[slot]?.runners.filter((one) => !one.leaving) ?? []);
        const indexes = running.map(({ index }) => index).sort((a, b) => a - b);
        assert.deepEqual(
          indexes,
          Array.from({ length: usersAt(pieces, at) }, (_, index) => index),
        );
      }
    }),
    { numRuns: 60 },
  );
});

test("constant-arrival-rate and ramping-arrival-rate: workers together begin every arrival once, when it is due", () => {
  fc.assert(
    fc.property(plan, workers, fc.integer({ min: 1, max: 200 }), (given, count, arrivals) => {
      const pieces = piecesOf(given);
      const due = Array.from({ length: count }, (_, slot) => {
        const own: number[] = [];
        const epoch = firstEpoch(count);
        for (let next = nextOwned(slot, 0, epoch); next < arrivals; next = nextOwned(slot, next + 1, epoch))
          own.push(arrivalTime(pieces, next));
        return own;
      }).flat();
      const wanted = Array.from({ length: arrivals }, (_, number) => arrivalTime(pieces, number));
      assert.deepEqual(
        due.sort((a, b) => a - b),
        wanted.sort((a, b) => a - b),
      );
    }),
    { numRuns: 60 },
  );
});

for (const shared of [true, false]) {
  test(`${shared ? "shared" : "per-vu"}-iterations: all are begun, none more, and then the executor is exhausted`, () =>
    fc.assert(
      fc.asyncProperty(
        workers,
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 90 }),
        async (count, users, iterations) => {
          const pieces = piecesOf({ stages: [{ durationMs: 0, target: users }], ramping: false, startTarget: 0 });
          const epoch = firstEpoch(count);
          const sites = Array.from({ length: count }, (_, slot) => worldOf(slot));
          for (const { world } of sites) new IterationsExecutor(world, epoch, pieces, { iterations, shared }).tick();
          await Promise.all(sites.map(({ exhausted }) => exhausted));
          const begun = sites.flatMap(({ runners }) => runners).map((runner) => runner.begun);
          assert.equal(
            begun.reduce((sum, one) => sum + one, 0),
            shared ? iterations : users * iterations,
          );
        },
      ),
      { numRuns: 60 },
    ));
}
