/** Readiness with stores that the test simulates, and without patience except where patience is tested. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Condition, type Line, readiness, type Times } from "./readiness.ts";

const TIMES: Times = { ageMs: 0, waitMs: 1_000, patienceMs: 0 };
const MINUTE = 60_000;

class PlayedLine implements Line {
  readonly store: string;
  ownWorks = true;
  witnessWorks = true;

  constructor(store: string) {
    this.store = store;
  }

  own = async () => this.#answer(this.ownWorks);
  witness = async () => this.#answer(this.witnessWorks);

  lose(): void {
    this.ownWorks = false;
    this.witnessWorks = false;
  }

  #answer(works: boolean): void {
    if (!works) throw new Error("lost");
  }
}

function played(times: Partial<Times> = {}) {
  const postgres = new PlayedLine("postgres");
  const redis = new PlayedLine("redis");
  return { postgres, redis, shop: readiness([postgres, redis], { ...TIMES, ...times }) };
}

const obstacles = async (shop: { check(): Promise<Condition> }) => Object.keys((await shop.check()).obstacles);

test("a replica is not ready before it has reached each store once", async () => {
  const { redis, shop } = played({ patienceMs: MINUTE });
  redis.lose();
  assert.deepEqual(await obstacles(shop), ["redis"]);
  redis.ownWorks = true;
  assert.deepEqual(await obstacles(shop), []);
});

test("a replica is not ready while the first look is in progress", async () => {
  const never: Line = { store: "redis", own: () => new Promise(() => undefined), witness: async () => undefined };
  assert.deepEqual(await obstacles(readiness([never], { ...TIMES, waitMs: 1 })), ["redis"]);
});

test("a store that no replica can reach is reported, and is not an obstacle", async () => {
  const { postgres, shop } = played();
  await shop.check();
  postgres.lose();
  for (let n = 0; n < 3; n++) assert.deepEqual(await shop.check(), { obstacles: {}, away: { postgres: "lost" } });
});

test("own connections that fail where a fresh one works are an obstacle once the patience is over", async () => {
  for (const [patienceMs, expected] of [
    [MINUTE, []],
    [0, ["postgres"]],
  ] as const) {
    const { postgres, shop } = played({ patienceMs });
    await shop.check();
    postgres.ownWorks = false;
    assert.deepEqual(await obstacles(shop), expected);
    postgres.ownWorks = true;
    assert.deepEqual(await obstacles(shop), []);
  }
});

test("having no store in reach is an obstacle once the patience is over", async () => {
  for (const [patienceMs, expected] of [
    [MINUTE, []],
    [0, ["postgres", "redis"]],
  ] as const) {
    const { postgres, redis, shop } = played({ patienceMs });
    await shop.check();
    postgres.lose();
    redis.lose();
    assert.deepEqual(await obstacles(shop), expected);
  }
});

test("a slow look is not waited for, and the last result counts", async () => {
  const { postgres, shop } = played({ waitMs: 1 });
  await shop.check();
  postgres.own = () => new Promise(() => undefined);
  assert.deepEqual(await obstacles(shop), []);
});

test("a replica that is closing is not ready", async () => {
  const { shop } = played();
  shop.drain();
  assert.deepEqual(await obstacles(shop), ["shop"]);
});
